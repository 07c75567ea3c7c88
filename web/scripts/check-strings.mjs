// No visible words in components: every text comes from a catalogue (t("…")), so that it exists in
// each language. Also refuses what the pages' Content-Security-Policy refuses: style="…" and {@html}.
import { readFileSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { parse } from "svelte/compiler";

const root = join(import.meta.dirname ?? new URL(".", import.meta.url).pathname, "..");
const SPOKEN = new Set(["aria-label", "aria-description", "aria-roledescription", "title", "placeholder", "alt"]);
// Names that are the same in every language.
const NAMES = new Set(["Tresen", "WhatsApp"]);
const hasWords = (text) => /\p{L}{2,}/u.test(text.replace(/&\w+;/g, "")) && !NAMES.has(text.trim());

function* components(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === "node_modules" || entry.name.startsWith("dist")) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* components(path);
    else if (entry.name.endsWith(".svelte")) yield path;
  }
}

function* faults(node, inTag = null) {
  if (!node || typeof node !== "object") return;
  if (Array.isArray(node)) {
    for (const item of node) yield* faults(item, inTag);
    return;
  }
  if (node.type === "HtmlTag") yield [node.start, "{@html} needs markup from a string"];
  if (node.type === "Text" && !inTag && hasWords(node.data)) yield [node.start, `words in the markup: ${node.data.trim()}`];
  if (node.type === "Attribute") {
    const parts = Array.isArray(node.value) ? node.value : [];
    const text = parts.filter((part) => part.type === "Text").map((part) => part.data).join("");
    if (node.name === "style") yield [node.start, "style attribute; use a class or style:property"];
    if (SPOKEN.has(node.name) && hasWords(text)) yield [node.start, `words in ${node.name}: ${text}`];
    return;
  }
  if (node.type?.endsWith("Directive") || node.type?.endsWith("Expression") || node.type === "ExpressionTag") return;
  for (const [key, value] of Object.entries(node)) {
    if (key === "css" || key === "instance" || key === "module" || key === "parent" || key === "metadata") continue;
    yield* faults(value, inTag);
  }
}

let count = 0;
let checked = 0;
for (const folder of ["packages", "chat", "desk", "me"]) {
  let files = [];
  try {
    files = [...components(join(root, folder))];
  } catch {
    continue; // a page that is not there yet
  }
  for (const file of files) {
    checked += 1;
    const source = readFileSync(file, "utf8");
    for (const [at, what] of faults(parse(source, { modern: true, filename: file }).fragment)) {
      const line = source.slice(0, at).split("\n").length;
      console.error(`${relative(root, file)}:${line} ${what}`);
      count += 1;
    }
  }
}
console.log(`${checked} components, ${count} faults`);
process.exit(count === 0 ? 0 : 1);
