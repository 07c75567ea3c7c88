/** The page's texts in the reader's language. Both are in the page: it must work without a server. */
import de from "@tresen/i18n/catalogues/verify.de.json";
import en from "@tresen/i18n/catalogues/verify.en.json";

export type Language = "de" | "en";
export type Key = keyof typeof de;

const CATALOGUES: Record<Language, Record<string, string | Record<string, string>>> = { de, en };

export function preferred(languages: readonly string[]): Language {
  const known = languages.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => tag === "de" || tag === "en");
  return (known as Language | undefined) ?? "en";
}

/** The sentence of a key; one that only a newer package knows is shown as it is called. */
export function say(language: Language, key: string, gaps: Record<string, string | number> = {}): string {
  const message = CATALOGUES[language][key];
  if (message === undefined) return key.split(".").at(-1) ?? key;
  const form = typeof message === "string" ? message : (message[new Intl.PluralRules(language).select(Number(gaps["count"]))] ?? message["other"] ?? "");
  return form.replace(/\{(\w+)\}/g, (gap, name: string) => String(gaps[name] ?? gap));
}

/** UTC, as the proof has it: nobody has to guess whose clock it is. */
export function moment(at: string): string {
  const [day = "", clock = ""] = at.replace(/\.\d+/, "").replace("Z", "").split("T");
  return `${day}, ${clock} UTC`;
}
