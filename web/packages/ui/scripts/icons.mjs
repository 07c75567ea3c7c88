// Writes src/icons.ts: one exported path string per icon named in icons.txt, from Lucide (ISC).
// Circles, rectangles and lines become path data, so that an icon is one string, each is
// tree-shaken by its name, and no markup has to be parsed in the page (Trusted Types).
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const lucide = dirname(createRequire(import.meta.url).resolve("lucide-static/package.json"));
const version = JSON.parse(readFileSync(join(lucide, "package.json"), "utf8")).version;

const number = (value) => String(Number(value.toFixed(3)));

function circle(cx, cy, rx, ry) {
  const [x, y, w] = [number(cx - rx), number(cy), number(2 * rx)];
  return `M${x} ${y}a${number(rx)} ${number(ry)} 0 1 0 ${w} 0a${number(rx)} ${number(ry)} 0 1 0 -${w} 0z`;
}

function rectangle({ x = 0, y = 0, width, height, rx, ry }) {
  const [left, top, w, h] = [x, y, width, height].map(Number);
  const r = Math.min(Number(rx ?? ry ?? 0), w / 2, h / 2);
  if (r === 0) return `M${number(left)} ${number(top)}h${number(w)}v${number(h)}h-${number(w)}z`;
  const corner = (dx, dy) => `a${number(r)} ${number(r)} 0 0 1 ${number(dx)} ${number(dy)}`;
  return (
    `M${number(left + r)} ${number(top)}h${number(w - 2 * r)}${corner(r, r)}v${number(h - 2 * r)}${corner(-r, r)}` +
    `h${number(2 * r - w)}${corner(-r, -r)}v${number(2 * r - h)}${corner(r, -r)}z`
  );
}

const shapes = {
  path: (a) => a.d,
  circle: (a) => circle(Number(a.cx), Number(a.cy), Number(a.r), Number(a.r)),
  ellipse: (a) => circle(Number(a.cx), Number(a.cy), Number(a.rx), Number(a.ry)),
  line: (a) => `M${a.x1} ${a.y1}L${a.x2} ${a.y2}`,
  polyline: (a) => `M${a.points.trim().replace(/\s+/g, " ")}`,
  polygon: (a) => `M${a.points.trim().replace(/\s+/g, " ")}z`,
  rect: rectangle,
};

function pathOf(name) {
  const svg = readFileSync(join(lucide, "icons", `${name}.svg`), "utf8").replace(/<svg[^>]*>/s, "");
  const parts = [...svg.matchAll(/<([a-z]+)\s([^>]*?)\/>/gs)].map(([, tag, rest]) => {
    const attributes = Object.fromEntries([...rest.matchAll(/([a-z0-9]+)="([^"]*)"/g)].map((m) => [m[1], m[2]]));
    if (!shapes[tag]) throw new Error(`${name}: <${tag}> is not handled`);
    return shapes[tag](attributes);
  });
  if (parts.length === 0) throw new Error(`${name}: nothing drawn`);
  // A part that begins with a relative "m" must start from the origin, not where the one before ended.
  return parts.map((d) => d.replace(/^m/, "M0 0m")).join("");
}

const names = readFileSync(join(here, "icons.txt"), "utf8")
  .split("\n")
  .map((line) => line.trim())
  .filter((line) => line && !line.startsWith("#"));
const reserved = new Set(["package", "import", "export", "delete", "switch"]);
const camel = (name) =>
  name.replace(/-([a-z0-9])/g, (_, letter) => letter.toUpperCase()) + (reserved.has(name) ? "_" : "");

const lines = [...new Set(names)].sort().map((name) => `export const ${camel(name)} = "${pathOf(name)}";`);
writeFileSync(
  join(here, "../src/icons.ts"),
  `// Lucide ${version} (ISC licence, lucide.dev/license), written by scripts/icons.mjs from scripts/icons.txt.\n` +
    `// 24 × 24 stroke paths; draw them with Icon.svelte.\n${lines.join("\n")}\n`,
);
console.log(`${lines.length} icons`);
