// Packs built files once, as well as they can be packed: the server hands out what is ready.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const TEXTS = new Set([".js", ".css", ".html", ".svg"]);
const ways = [
  [".br", (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } })],
  [".gz", (bytes) => gzipSync(bytes, { level: 9 })],
];

const folders = process.argv.slice(2);
if (folders.length === 0) throw new Error("name the folders");
for (const folder of folders) {
  const files = readdirSync(folder, { recursive: true }).filter((path) => TEXTS.has(extname(path)));
  if (files.length === 0) throw new Error(`nothing to pack in ${folder}: build first`);
  for (const path of files) {
    const bytes = readFileSync(join(folder, path));
    for (const [end, pack] of ways) {
      const packed = pack(bytes);
      if (packed.length < bytes.length) writeFileSync(join(folder, path + end), packed);
    }
  }
}
