// Splits a text into plain pieces and links, so that a bubble can draw them as elements and never
// as markup. Only http, https and mail addresses become links; what a link points to is what is shown.

export type Segment = { text: string; href?: undefined } | { text: string; href: string };

// The lengths are those of RFC 5321; they also keep a hostile text from being read again and again.
const CANDIDATE =
  /\bhttps?:\/\/[^\s<>"'„“”«»]+|\bwww\.[^\s<>"'„“”«»]+|[\p{L}\p{N}._%+-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){0,8}\.\p{L}{2,24}/giu;
const CLOSERS: Record<string, string> = { ")": "(", "]": "[", "}": "{" };

/** The text in order; the pieces joined give the text back. */
export function linkify(text: string): Segment[] {
  const segments: Segment[] = [];
  let end = 0;
  for (const match of text.matchAll(CANDIDATE)) {
    const shown = withoutTail(match[0]);
    const href = target(shown);
    if (!href) continue;
    if (match.index > end) segments.push({ text: text.slice(end, match.index) });
    segments.push({ text: shown, href });
    end = match.index + shown.length;
  }
  if (end < text.length) segments.push({ text: text.slice(end) });
  return segments;
}

/** Punctuation that ends the sentence, not the address; a bracket stays if it was opened inside. */
function withoutTail(found: string): string {
  // Counted once and kept up to date: a long run of brackets must not freeze the page.
  const counts = new Map<string, number>();
  for (const [closer, opener] of Object.entries(CLOSERS)) {
    counts.set(closer, count(found, closer));
    counts.set(opener, count(found, opener));
  }
  let end = found.length;
  for (; end > 0; end -= 1) {
    const last = found[end - 1] ?? "";
    const opener = CLOSERS[last];
    const unopened = opener !== undefined && (counts.get(opener) ?? 0) < (counts.get(last) ?? 0);
    if (!unopened && !/[.,;:!?…*_~]/.test(last)) break;
    if (unopened) counts.set(last, (counts.get(last) ?? 0) - 1);
  }
  return found.slice(0, end);
}

function count(text: string, letter: string): number {
  return text.split(letter).length - 1;
}

function target(shown: string): string | null {
  if (!shown.includes("://") && shown.includes("@")) return `mailto:${shown}`;
  try {
    const url = new URL(shown.toLowerCase().startsWith("www.") ? `https://${shown}` : shown);
    // "https://bank.example@evil.example" shows one host and opens another: no link.
    if (url.username || url.password || !url.hostname.includes(".")) return null;
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
  } catch {
    return null;
  }
}

/** One to three emoji and nothing else: drawn larger. */
export function isEmojiOnly(text: string): boolean {
  const compact = text.replace(/\s/g, "");
  if (compact === "" || compact.length > 40 || /[\p{L}\p{N}*#]/u.test(compact)) return false;
  return /^(?:\p{RI}\p{RI}|\p{Emoji}(?:\p{EMod}|\uFE0F\u20E3?|[\u{E0020}-\u{E007F}]+)?(?:\u200D\p{Emoji}(?:\p{EMod}|\uFE0F)?)*){1,3}$/u.test(
    compact,
  );
}
