// Fails when a teammate would have to load more than promised before the desk is there, or when a
// component has grown beyond what one person keeps in mind.
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const KB = 1024;
const FIRST_LOAD = 180 * KB;
const COMPONENT_LINES = 300;

// index.html names the entry, what it imports at once, and their styles; the rest is fetched on demand.
const html = readFileSync(join(root, "dist/index.html"), "utf8");
const named = [...html.matchAll(/(?:src|href)="\/_desk\/(assets\/[^"]+\.(?:js|css))"/g)].map(([, path]) => path);
if (named.length < 2) throw new Error("index.html names no script or no style: build first");
// English readers load their catalogues as well.
const texts = readdirSync(join(root, "dist/assets"))
  .filter((name) => /^(ui|desk)\.en-.*\.js$/.test(name))
  .map((name) => `assets/${name}`);
if (texts.length !== 2) throw new Error("no English catalogue in dist/assets: has its chunk been renamed?");

const bytes = [...named, ...texts].reduce(
  (sum, path) => sum + gzipSync(readFileSync(join(root, "dist", path)), { level: 9 }).length,
  0,
);
const tooHeavy = bytes > FIRST_LOAD;
console.log(
  `${tooHeavy ? "TOO LARGE" : "ok"}  desk, first load: ${(bytes / KB).toFixed(1)} of ${FIRST_LOAD / KB} KB gzip (${named.length + texts.length} files)`,
);

function* components(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* components(path);
    else if (entry.name.endsWith(".svelte")) yield path;
  }
}
const long = [...components(join(root, "src"))]
  .map((path) => ({ path, lines: readFileSync(path, "utf8").split("\n").length }))
  .filter(({ lines }) => lines > COMPONENT_LINES);
for (const { path, lines } of long) console.log(`TOO LONG  ${relative(root, path)}: ${lines} of ${COMPONENT_LINES} lines`);

process.exit(tooHeavy || long.length > 0 ? 1 : 0);
