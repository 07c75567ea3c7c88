// Both languages hold the same messages with the same gaps; every message is used somewhere.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { Catalogue, Forms } from "./translate.svelte.ts";

const web = fileURLToPath(new URL("../../..", import.meta.url));
const folder = join(web, "packages/i18n/catalogues");
const read = (name: string) => JSON.parse(readFileSync(join(folder, name), "utf8")) as Catalogue;
const areas = readdirSync(folder)
  .filter((name) => name.endsWith(".de.json"))
  .map((name) => name.slice(0, -".de.json".length));

function gaps(message: string | Forms): string[] {
  const forms = typeof message === "string" ? [message] : Object.values(message);
  return [...new Set(forms.flatMap((form) => [...form.matchAll(/\{\w+\}/g)].map(([gap]) => gap)))].sort();
}

function sources(path: string): string[] {
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    if (/^(node_modules|dist|catalogues|messages\.gen\.ts)/.test(entry.name)) return [];
    const inner = join(path, entry.name);
    if (entry.isDirectory()) return sources(inner);
    return /\.(svelte|ts)$/.test(entry.name) ? [readFileSync(inner, "utf8")] : [];
  });
}
const everything = sources(web).join("\n");

describe.each(areas)("catalogue %s", (area) => {
  const [de, en] = [read(`${area}.de.json`), read(`${area}.en.json`)];
  it("has the same keys in both languages", () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(de).sort());
  });
  it("has the same gaps in both languages and no empty text", () => {
    for (const [key, message] of Object.entries(de)) {
      expect(gaps(en[key] ?? ""), key).toEqual(gaps(message));
      for (const form of [message, en[key] ?? ""].flatMap((m) => (typeof m === "string" ? [m] : Object.values(m)))) {
        expect(form.trim(), key).not.toBe("");
      }
    }
  });
  it("keeps the area as prefix", () => {
    expect(Object.keys(de).filter((key) => !key.startsWith(`${area}.`))).toEqual([]);
  });
  it("has no message nobody uses", () => {
    // A key may be built: t(`ui.state.${state}`) uses every key below ui.state.
    const built = [...everything.matchAll(/`((?:[a-z]+\.)+)\$\{/g)].map(([, prefix]) => prefix ?? "");
    const unused = Object.keys(de).filter(
      (key) => !everything.includes(`"${key}"`) && !built.some((prefix) => key.startsWith(prefix)),
    );
    expect(unused).toEqual([]);
  });
});
