// The page's language: one reactive catalogue and the function that fills its messages.
// A message is a text with {name} gaps, or an object of plural forms chosen by `count`.
// Keys and gaps are typed from the German catalogues by scripts/messages.mjs.
import type { Messages } from "./messages.gen.ts";

export type Language = "de" | "en";
export type Key = keyof Messages;
export type Forms = Partial<Record<Intl.LDMLPluralRule, string>>;
export type Catalogue = Record<string, string | Forms>;
type Gaps<K extends Key> = keyof Messages[K] extends never ? [] : [gaps: Messages[K]];

const NBSP = "\u00a0";
let language = $state<Language>("de");
let catalogue = $state.raw<Catalogue>({});
/** What parts of the page brought along, by language: it stays when the page's own texts are set anew. */
const later: Record<Language, Catalogue> = { de: {}, en: {} };

/** Languages a page offers, in the order of its menu; each named in itself. */
export const LANGUAGES: readonly { id: Language; name: string }[] = [
  { id: "de", name: "Deutsch" },
  { id: "en", name: "English" },
];

/** Replaces the language of the whole page; every message on it follows at once. */
export function setLanguage(next: Language, ...catalogues: Catalogue[]): void {
  language = next;
  catalogue = Object.assign({}, ...catalogues, later[next]) as Catalogue;
}

/** More messages of the page's language, for a part of the page that comes later. */
export function addMessages(more: Catalogue): void {
  later[language] = { ...later[language], ...more };
  catalogue = { ...catalogue, ...more };
}

export function currentLanguage(): Language {
  return language;
}

/** The message of `key` in the page's language. Numbers are written in its manner. */
export function t<K extends Key>(key: K, ...[gaps]: Gaps<K>): string {
  return fill(language, catalogue[key], gaps as Record<string, string | number> | undefined) ?? key;
}

/** The pure part of `t`: picks the plural form, fills the gaps; undefined if there is no message. */
export function fill(
  lang: Language,
  message: string | Forms | undefined,
  gaps: Record<string, string | number> = {},
): string | undefined {
  if (message === undefined) return undefined;
  let text: string | undefined;
  if (typeof message === "string") text = message;
  else text = message[new Intl.PluralRules(lang).select(Number(gaps["count"] ?? 0))] ?? message.other;
  return text?.replace(/\{(\w+)\}/g, (gap, name: string) => {
    const value = gaps[name];
    if (value === undefined) return gap;
    return typeof value === "number" ? new Intl.NumberFormat(lang).format(value) : value;
  });
}

/** The first of the reader's languages that we speak; undefined when there is none. */
export function preferredLanguage(wishes: readonly string[]): Language | undefined {
  for (const wish of wishes) {
    const known = LANGUAGES.find(({ id }) => wish.toLowerCase().split("-")[0] === id);
    if (known) return known.id;
  }
  return undefined;
}

/** A number and its unit that never part at the end of a line. */
export function withUnit(value: string, unit: string): string {
  return `${value}${NBSP}${unit}`;
}
