/**
 * The desk's book: what the browser knows of conversations and their timelines.
 *
 * Framework-free, so that it can be tested as a function: whatever order events and
 * fetched pages arrive in, however often, the book ends in the same state.
 *
 * Conversations and messages carry a `version`; the higher one stays. Notes and activities
 * carry none, so each item is stamped with the feed number it was learned at (an event's own
 * `seq`, or for a fetched page the feed's place when the request began); the higher one stays.
 */
import type { Conversation, LiveEvent, TimelineItem, Timeline } from "@tresen/api";

export interface Thread {
  /** Ascending by `seq`, without holes between the first and the last that was loaded. */
  items: TimelineItem[];
  /** Cursor of the page before the first item; null when the beginning is loaded. */
  older: string | null;
}

/** What an event changed, for the views that watch. */
export interface Touched {
  conversations: Set<string>;
  threads: Set<string>;
}

interface Entry {
  item: TimelineItem;
  stamp: number;
}

interface OpenThread extends Thread {
  entries: Map<number, Entry>;
  /** Items below this number are not loaded yet and arrive by paging only. */
  floor: number;
}

export class Book {
  readonly conversations = new Map<string, Conversation>();
  readonly #threads = new Map<string, OpenThread>();

  /** Keeps the newer of two states of a conversation. True when the book changed. */
  takeConversation(conversation: Conversation): boolean {
    const known = this.conversations.get(conversation.id);
    if (known && known.version >= conversation.version) return false;
    this.conversations.set(conversation.id, conversation);
    // What was read of somebody before its data was only kept does not stay on the screen either.
    if (conversation.restricted_since) this.#threads.delete(conversation.id);
    return true;
  }

  thread(conversationId: string): Thread | undefined {
    return this.#threads.get(conversationId);
  }

  /**
   * The newest page of a timeline, read when the feed stood at `stamp`. False when all of it was known:
   * then nothing has to be drawn again.
   */
  takeNewestPage(conversationId: string, page: Timeline, stamp: number): boolean {
    const first = page.items[0]?.seq ?? 0;
    const known = this.#threads.get(conversationId);
    const joins = known && first <= (known.items.at(-1)?.seq ?? 0) + 1;
    if (known && joins) {
      const changed = page.items.filter((item) => put(known, item, stamp));
      if (changed.length === 0) return false;
      known.items = sorted(known);
      return true;
    }
    const thread: OpenThread = {
      entries: new Map(),
      items: [],
      older: page.previous_cursor,
      floor: page.previous_cursor ? first : 0,
    };
    for (const item of page.items) put(thread, item, stamp);
    // What events told meanwhile is kept when it belongs behind the new page.
    for (const entry of known?.entries.values() ?? []) put(thread, entry.item, entry.stamp);
    thread.items = sorted(thread);
    this.#threads.set(conversationId, thread);
    return true;
  }

  /** The page before the first loaded item. */
  takeOlderPage(conversationId: string, page: Timeline, stamp: number): void {
    const thread = this.#threads.get(conversationId);
    if (!thread) return;
    thread.older = page.previous_cursor;
    thread.floor = page.previous_cursor ? (page.items[0]?.seq ?? thread.floor) : 0;
    for (const item of page.items) put(thread, item, stamp);
    thread.items = sorted(thread);
  }

  /** One item learned outside the feed, for example the answer to a send. */
  takeItem(conversationId: string, item: TimelineItem, stamp: number): boolean {
    const thread = this.#threads.get(conversationId);
    if (!thread || !put(thread, item, stamp)) return false;
    thread.items = sorted(thread);
    return true;
  }

  apply(event: LiveEvent, touched: Touched): void {
    if (event.conversation && this.takeConversation(event.conversation)) {
      touched.conversations.add(event.conversation.id);
    }
    const id = event.conversation_id ?? event.conversation?.id;
    if (event.item && id && this.takeItem(id, event.item, event.seq)) touched.threads.add(id);
  }

  /** True when numbers are missing inside the loaded part: the feed skipped something. */
  hasHole(conversationId: string): boolean {
    const items = this.#threads.get(conversationId)?.items;
    if (!items || items.length < 2) return false;
    const first = items[0]?.seq ?? 0;
    const last = items.at(-1)?.seq ?? 0;
    return last - first + 1 > items.length;
  }

  /** Timelines that are not watched are forgotten, oldest use first. */
  keepThreads(recent: readonly string[]): void {
    for (const id of this.#threads.keys()) if (!recent.includes(id)) this.#threads.delete(id);
  }

  forgetConversation(id: string): void {
    this.conversations.delete(id);
    this.#threads.delete(id);
  }

  /**
   * After a reset of the feed everything is read anew. Which conversation is on screen stays known
   * meanwhile, or somebody who writes in it would lose the field when the reading fails.
   */
  clear(onScreen: string | null = null): void {
    for (const id of this.conversations.keys()) if (id !== onScreen) this.conversations.delete(id);
    this.#threads.clear();
  }
}

export function nothingTouched(): Touched {
  return { conversations: new Set(), threads: new Set() };
}

function put(thread: OpenThread, item: TimelineItem, stamp: number): boolean {
  if (item.seq < thread.floor) return false;
  const known = thread.entries.get(item.seq);
  if (known && !isNewer(item, stamp, known)) return false;
  if (known && JSON.stringify(known.item) === JSON.stringify(item)) {
    known.stamp = stamp;
    return false;
  }
  thread.entries.set(item.seq, { item, stamp });
  return true;
}

/** Where both tell their version, that decides; else the later place in the feed. */
function isNewer(item: TimelineItem, stamp: number, known: Entry): boolean {
  const [mine, theirs] = [versionOf(item), versionOf(known.item)];
  if (mine !== undefined && theirs !== undefined) return mine > theirs;
  return stamp > known.stamp;
}

function versionOf(item: TimelineItem): number | undefined {
  return item.type === "message" ? item.version : undefined;
}

function sorted(thread: OpenThread): TimelineItem[] {
  return [...thread.entries.values()].map((entry) => entry.item).sort((a, b) => a.seq - b.seq);
}
