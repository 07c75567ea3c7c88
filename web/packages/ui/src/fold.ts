// Very long messages are shown in part at first, so that one of them does not push the rest away.

const CHARACTERS = 1_200;
const LINES = 20;
/** What would hide only a few words more is shown whole. */
const SLACK = 1.2;

/** The beginning of a text that is too long to be shown at once; null when it is not. */
export function folded(text: string): string | null {
  const lines = text.split("\n");
  if (text.length <= CHARACTERS * SLACK && lines.length <= LINES * SLACK) return null;
  const start = lines.slice(0, LINES).join("\n");
  if (start.length <= CHARACTERS) return `${start.trimEnd()} …`;
  const space = start.lastIndexOf(" ", CHARACTERS);
  // By characters, not halves of them: an emoji is not cut in two.
  const cut = space > CHARACTERS / 2 ? start.slice(0, space) : [...start].slice(0, CHARACTERS).join("");
  return `${cut.trimEnd()} …`;
}
