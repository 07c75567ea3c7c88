/** Tags of a conversation: short words, each once, whatever its case. */
import type { Conversation } from "@tresen/api";

export const TAG_MOST = 60;
export const TAGS_MOST = 20;

const same = (a: string, b: string) => a.localeCompare(b, undefined, { sensitivity: "accent" }) === 0;

export function hasTag(tags: readonly string[], tag: string): boolean {
  return tags.some((one) => same(one, tag));
}

/** With the tag if it was missing, without it if it was there. */
export function toggled(tags: readonly string[], tag: string): string[] {
  return hasTag(tags, tag) ? tags.filter((one) => !same(one, tag)) : [...tags, tag];
}

/** All tags in use among the known conversations, the most frequent first. */
export function knownTags(conversations: Iterable<Conversation>): string[] {
  const counts = new Map<string, number>();
  for (const { tags } of conversations) for (const tag of tags) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).map(([tag]) => tag);
}

/** What was typed, as a tag; null when it cannot be one. */
export function tagOf(text: string): string | null {
  const tag = text.replace(/\s+/g, " ").trim();
  return tag !== "" && [...tag].length <= TAG_MOST ? tag : null;
}
