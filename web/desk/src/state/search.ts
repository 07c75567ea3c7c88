/**
 * Search in memory, as people type it: case, accents and umlauts do not matter,
 * and "ue" finds "ü" as "ü" finds "ue".
 */
const SPELLED: Record<string, string> = { ä: "ae", ö: "oe", ü: "ue", ß: "ss", ı: "i", ł: "l", ø: "o", æ: "ae", þ: "th" };

export function fold(text: string): string {
  return text
    .toLocaleLowerCase("de")
    .replace(/[äöüßıłøæþ]/g, (letter) => SPELLED[letter] ?? letter)
    .normalize("NFD")
    .replace(/\p{Mn}/gu, "");
}

/**
 * How well `text` answers `query` (both folded): higher is better, 0 is no answer.
 * Every word of the query must begin a word, or at least occur.
 */
export function score(text: string, query: string): number {
  let sum = 0;
  for (const word of query.split(/\s+/).filter(Boolean)) {
    const at = text.indexOf(word);
    if (at < 0) {
      if (!loose(text, word)) return 0;
      sum += 1;
      continue;
    }
    const begins = at === 0 || /[\s\-_.,/]/.test(text[at - 1] ?? "");
    sum += begins ? 10 + word.length : 4;
  }
  return query.trim() === "" ? 1 : sum;
}

/** A plain "u" typed for "ü" (folded "ue"): compare again without the spelled-out vowels. */
function loose(text: string, word: string): boolean {
  const bare = (s: string) => s.replace(/([aou])e/g, "$1");
  return bare(text).includes(bare(word));
}

/** The best `limit` of `items`, in order of score, then of arrival. */
export function best<T>(items: Iterable<T>, query: string, words: (item: T) => string, limit: number): T[] {
  const folded = fold(query.trim());
  const hits: { item: T; points: number; place: number }[] = [];
  let place = 0;
  for (const item of items) {
    const points = score(fold(words(item)), folded);
    if (points > 0) hits.push({ item, points, place });
    place += 1;
  }
  hits.sort((a, b) => b.points - a.points || a.place - b.place);
  return hits.slice(0, limit).map((hit) => hit.item);
}

/** A text in parts, where `hit` parts are words of the query: whole words, as the server finds them. */
export function marked(text: string, query: string): { text: string; hit: boolean }[] {
  const wanted = new Set(fold(query).split(/[^\p{L}\p{N}]+/u).filter(Boolean));
  return text
    .split(/([\p{L}\p{N}\p{Mn}]+)/u)
    .filter(Boolean)
    .map((part) => ({ text: part, hit: wanted.has(fold(part)) }));
}
