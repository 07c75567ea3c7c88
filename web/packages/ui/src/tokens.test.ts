// Contrast of the colour pairs the pages use, in both themes (WCAG 2 formula).
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const css = readFileSync(new URL("./tokens.css", import.meta.url), "utf8");

const tokens = new Map([...css.matchAll(/--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map(([, name = "", light = "", dark = ""]) => [name, [light, dark] as const]));

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

const pairs: [front: string, back: string, need: number][] = [
  ...["canvas", "surface", "raised"].map((back): [string, string, number] => ["text-1", back, 7]),
  ...["canvas", "surface", "raised", "sunken"].flatMap((back): [string, string, number][] => [["text-2", back, 4.5], ["text-3", back, 4.5]]),
  ["text-3", "accent-soft", 4.5],
  ["on-accent", "accent", 4.5],
  ["on-accent", "accent-hover", 4.5],
  ["on-accent-soft", "accent-soft", 7],
  ...["canvas", "surface", "raised"].map((back): [string, string, number] => ["accent-text", back, 4.5]),
  ["accent-text", "accent-soft", 4.5],
  ["on-note", "note", 7],
  ["on-seal-soft", "seal-soft", 7],
  ["seal", "surface", 4.5],
  ...["ok", "warn", "danger", "info"].flatMap((tone): [string, string, number][] => [[tone, "surface", 4.5], [tone, `${tone}-soft`, 4.5]]),
  ["danger", "accent-soft", 4.5],
  ["on-danger", "danger", 4.5],
  ["line-strong", "raised", 3],
  ["focus", "surface", 3],
  ["focus", "raised", 3],
  ["focus", "accent-soft", 3],
];

describe.each(["light", "dark"] as const)("%s theme", (theme) => {
  it.each(pairs)("%s on %s is at least %d:1", (front, back, need) => {
    const place = theme === "light" ? 0 : 1;
    const [a, b] = [tokens.get(front)?.[place], tokens.get(back)?.[place]];
    expect(a && b, "both tokens exist").toBeTruthy();
    expect(contrast(a ?? "", b ?? "")).toBeGreaterThanOrEqual(need);
  });
});
