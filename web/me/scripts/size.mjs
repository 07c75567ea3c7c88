// Fails when somebody would have to load more than promised to see their own data.
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const packed = (path) => gzipSync(readFileSync(join(root, path)), { level: 9 }).length;
const LIMIT_KB = 40;

const html = readFileSync(join(root, "dist/index.html"), "utf8");
const named = [...html.matchAll(/(?:src|href)="\/_me\/(assets\/[^"]+\.(?:js|css))"/g)].map(([, path]) => `dist/${path}`);
const texts = readdirSync(join(root, "dist/assets")).filter((name) => /^me\.de-.*\.js$/.test(name));
if (named.length < 2 || texts.length === 0) throw new Error("no script, no style or no catalogue: build first");
const files = [...named, ...texts.map((name) => `dist/assets/${name}`)];
const kilobytes = files.reduce((sum, path) => sum + packed(path), 0) / 1024;
const over = kilobytes > LIMIT_KB;
console.log(`${over ? "TOO LARGE" : "ok"}  my data, first load: ${kilobytes.toFixed(2)} of ${LIMIT_KB} KB gzip (${files.length} files)`);
process.exit(over ? 1 : 0);
