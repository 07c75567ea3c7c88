// Writes src/messages.gen.ts (keys and their gaps) from catalogues/*.de.json; with --check it only
// compares. Run it after adding a message: npm run messages
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const folder = join(here, "../catalogues");
const target = join(here, "../src/messages.gen.ts");

const gapsOf = (message) => {
  const forms = typeof message === "string" ? [message] : Object.values(message);
  const names = new Set(forms.flatMap((form) => [...form.matchAll(/\{(\w+)\}/g)].map((m) => m[1])));
  if (typeof message !== "string") names.add("count");
  return [...names].sort();
};

const lines = readdirSync(folder)
  .filter((name) => name.endsWith(".de.json"))
  .sort()
  .flatMap((name) => Object.entries(JSON.parse(readFileSync(join(folder, name), "utf8"))))
  .map(([key, message]) => {
    const gaps = gapsOf(message).map((gap) => `${gap}: ${gap === "count" ? "number" : "string | number"}`);
    return `  ${JSON.stringify(key)}: ${gaps.length ? `{ ${gaps.join("; ")} }` : "object"};`;
  });
const text = `// Written by scripts/messages.mjs from the German catalogues. Do not edit.\nexport interface Messages {\n${lines.join("\n")}\n}\n`;

let current = "";
try {
  current = readFileSync(target, "utf8");
} catch {
  // first run
}
if (current !== text) {
  if (process.argv.includes("--check")) {
    console.error("messages.gen.ts is not current: npm run messages");
    process.exit(1);
  }
  writeFileSync(target, text);
}
console.log(`${lines.length} messages`);
