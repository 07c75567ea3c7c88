// Times, days, sizes and durations in the reader's manner. Pure: the present moment is a parameter.

const cache = new Map<string, Intl.DateTimeFormat>();
function format(language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = language + JSON.stringify(options);
  let made = cache.get(key);
  if (!made) cache.set(key, (made = new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, options)));
  return made;
}

/** "14:31" */
export function clock(at: string | Date, language: string): string {
  return format(language, { hour: "2-digit", minute: "2-digit" }).format(new Date(at));
}

/** Days between two moments by the local calendar; 0 = the same day, 1 = the day before `now`. */
export function daysAgo(at: string | Date, now: Date): number {
  const day = (date: Date) => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  return Math.round((day(now) - day(new Date(at))) / 86_400_000);
}

/** "Dienstag, 24. November", with the year when it is not the present one. */
export function longDay(at: string | Date, language: string, now: Date): string {
  const date = new Date(at);
  const year = date.getFullYear() === now.getFullYear() ? undefined : "numeric";
  return format(language, { weekday: "long", day: "numeric", month: "long", year }).format(date);
}

/** "24.11.2026, 14:31" */
export function dateAndClock(at: string | Date, language: string): string {
  return format(language, { dateStyle: "medium", timeStyle: "short" }).format(new Date(at));
}

/** "24.11.2026" in German. */
export function shortDate(at: string | Date, language: string): string {
  return new Intl.DateTimeFormat(language, { day: "2-digit", month: "2-digit", year: "numeric" }).format(new Date(at));
}

/** "Deutsch" for "de"; what is no language tag stays as it is. */
export function languageName(tag: string, language: string): string {
  try {
    return new Intl.DisplayNames([language], { type: "language" }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

/** "1,4 MB"; decimal units, as file managers of phones show them. */
export function byteSize(bytes: number, language: string): string {
  const units = ["B", "KB", "MB", "GB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit > 1 && value < 100 ? 1 : 0;
  return `${value.toLocaleString(language, { maximumFractionDigits: digits })}\u00a0${units[unit] ?? ""}`;
}

/** Seconds as "0:07" or "1:02:05". */
export function duration(seconds: number): string {
  const whole = Number.isFinite(seconds) ? Math.max(0, Math.round(seconds)) : 0;
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n: number) => String(n).padStart(2, "0");
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** One of `count` places for a text, always the same for the same text. */
export function stablePlace(text: string, count: number): number {
  let hash = 2166136261;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 16777619) >>> 0;
  return hash % count;
}

/** Up to two initials: "Sabine Größmann" → "SG". */
export function initials(name: string): string {
  const words = name.split(/[\s.]+/).filter((word) => /^[\p{L}\p{N}]/u.test(word));
  const picked = words.length > 1 ? [words[0], words.at(-1)] : words;
  return picked.map((word) => [...(word ?? "")][0] ?? "").join("").toUpperCase();
}
