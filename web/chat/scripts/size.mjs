// Fails when a visitor would have to load more than promised: the loader on the shop's page, and the
// first view of the chat (what index.html names, plus the texts of the larger language).
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const packed = (path) => gzipSync(readFileSync(join(root, path)), { level: 9 }).length;
const KB = 1024;

const html = readFileSync(join(root, "dist/index.html"), "utf8");
const named = [...html.matchAll(/(?:src|href)="\/_chat\/(assets\/[^"]+\.(?:js|css))"/g)].map(([, path]) => `dist/${path}`);
if (named.length < 2) throw new Error("index.html names no script or no style: build first");
const texts = readdirSync(join(root, "dist/assets")).filter((name) => /^(ui|chat)\.de-.*\.js$/.test(name));
if (texts.length === 0) throw new Error("no catalogue in dist/assets: has its chunk been renamed?");

const budgets = [
  { name: "loader", files: ["dist-loader/chat.js"], limit: 3 * KB },
  { name: "chat, first load", files: [...named, ...texts.map((name) => `dist/assets/${name}`)], limit: 40 * KB },
];
let failed = false;
for (const { name, files, limit } of budgets) {
  const bytes = files.reduce((sum, path) => sum + packed(path), 0);
  const over = bytes > limit;
  failed ||= over;
  console.log(`${over ? "TOO LARGE" : "ok"}  ${name}: ${(bytes / KB).toFixed(2)} of ${limit / KB} KB gzip (${files.length} files)`);
}
process.exit(failed ? 1 : 0);
