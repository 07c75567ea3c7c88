import type { Conversation, LiveEvent, Message, Timeline, TimelineItem } from "@tresen/api";
import { describe, expect, it } from "vitest";
import { Book, nothingTouched } from "./book.ts";

/** A small generator with a seed: the same numbers in every run, printed when a case fails. */
function randomOf(seed: number) {
  let state = seed >>> 0;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return {
    below: (n: number) => Math.floor(next() * n),
    shuffle<T>(list: readonly T[]): T[] {
      const copy = [...list];
      for (let i = copy.length - 1; i > 0; i--) {
        const j = Math.floor(next() * (i + 1));
        [copy[i], copy[j]] = [copy[j] as T, copy[i] as T];
      }
      return copy;
    },
  };
}

const at = (n: number) => new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString();

function conversation(id: string): Conversation {
  return {
    id, contact: { id: `con_${id}`, name: "Sabine Größmann" }, channel_id: "chn_1", channel_kind: "webchat",
    address: { kind: "web_visitor", display: "1 Gerät" }, status: "open", assignee: null, subject: null, tags: [],
    unread: 0, last_message: null, last_message_at: at(0), reply_window: { state: "none", closes_at: null },
    snoozed_until: null, last_seq: 0, contact_read_seq: 0, team_read_seq: 0, version: 1, restricted_since: null,
  };
}

function message(seq: number, text: string): Message {
  return {
    type: "message", id: `msg_${seq}`, seq, at: at(seq), direction: "inbound", author: { kind: "contact" }, text,
    attachments: [], quote: null, reactions: [], reaction: null, choices: null, card: null, delivery: null,
    edited_at: null, deleted_at: null, version: 1, client_id: null, channel_id: "chn_1",
  };
}

/** A model of the server: truth, feed, and pages as they would be answered now. */
class Server {
  feed: LiveEvent[] = [];
  conversations = new Map<string, Conversation>();
  items = new Map<string, TimelineItem[]>();

  get cursor(): number {
    return this.feed.length;
  }
  open(id: string): void {
    const c = conversation(id);
    this.conversations.set(id, c);
    this.items.set(id, []);
    this.#emit("conversation.created", c);
  }
  step(random: ReturnType<typeof randomOf>): void {
    const ids = [...this.conversations.keys()];
    const id = ids[random.below(ids.length)] as string;
    const c = this.conversations.get(id) as Conversation;
    const list = this.items.get(id) as TimelineItem[];
    const known = list[random.below(Math.max(1, list.length))];
    if (known && random.below(3) === 0) {
      const before = known as Message;
      const changed = { ...before, text: `edited at ${this.cursor}`, version: before.version + 1 };
      this.items.set(id, list.map((item) => (item.seq === changed.seq ? changed : item)));
      this.#emit("message.updated", c, changed);
      return;
    }
    const seq = c.last_seq + 1;
    const item = message(seq, `text ${this.cursor}`);
    const after = { ...c, last_seq: seq, last_message_at: at(this.cursor), unread: c.unread + 1, version: c.version + 1 };
    this.conversations.set(id, after);
    this.items.set(id, [...list, item]);
    this.#emit("message.created", after, item);
  }
  newest(id: string, limit: number): Timeline {
    return this.#page(id, Math.max(0, (this.items.get(id)?.length ?? 0) - limit), this.items.get(id)?.length ?? 0);
  }
  older(id: string, cursor: string, limit: number): Timeline {
    return this.#page(id, Math.max(0, Number(cursor) - limit), Number(cursor));
  }
  #page(id: string, from: number, to: number): Timeline {
    return { items: (this.items.get(id) ?? []).slice(from, to), next_cursor: null, previous_cursor: from > 0 ? String(from) : null };
  }
  #emit(kind: LiveEvent["kind"], c: Conversation, item?: TimelineItem): void {
    this.feed.push({ seq: this.feed.length + 1, at: at(this.feed.length), kind, conversation_id: c.id, conversation: c, ...(item ? { item } : {}) });
  }
}

function serverWith(steps: number, seed: number) {
  const random = randomOf(seed);
  const server = new Server();
  for (const id of ["cnv_a", "cnv_b", "cnv_c"]) server.open(id);
  for (let i = 0; i < steps; i++) server.step(random);
  return { server, random };
}

const stateOf = (book: Book) => ({
  conversations: [...book.conversations.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
  a: book.thread("cnv_a")?.items,
  b: book.thread("cnv_b")?.items,
});

function read(book: Book, events: readonly LiveEvent[]): void {
  for (const event of events) book.apply(event, nothingTouched());
}

const SEEDS = Array.from({ length: 60 }, (_, i) => i + 1);

describe("the book", () => {
  it.each(SEEDS)("ends in the same state in any order and with repetitions (seed %i)", (seed) => {
    const { server, random } = serverWith(40, seed);
    const opened = { ...server.newest("cnv_a", 5) };
    const openedAt = server.cursor;
    for (let i = 0; i < 60; i++) server.step(random);

    const inOrder = new Book();
    inOrder.takeNewestPage("cnv_a", opened, openedAt);
    read(inOrder, server.feed);

    const shuffled = new Book();
    shuffled.takeNewestPage("cnv_a", opened, openedAt);
    read(shuffled, random.shuffle([...server.feed, ...random.shuffle(server.feed).slice(0, 50)]));

    expect(stateOf(shuffled)).toEqual(stateOf(inOrder));
  });

  it.each(SEEDS)("built from events equals freshly fetched, wherever fetching fell in between (seed %i)", (seed) => {
    const { server, random } = serverWith(30, seed);
    const book = new Book();
    let delivered = 0;
    const deliver = (upTo: number) => {
      // A resumed socket repeats what was already seen.
      const from = Math.max(0, delivered - random.below(4));
      read(book, server.feed.slice(from, upTo));
      delivered = upTo;
    };
    // The page was asked for at one place of the feed and answered at a later one.
    deliver(random.below(server.cursor));
    const askedAt = delivered;
    for (let i = 0; i < 10; i++) server.step(random);
    for (const c of server.conversations.values()) book.takeConversation(c);
    book.takeNewestPage("cnv_a", server.newest("cnv_a", 8), askedAt + 0.5);
    for (let i = 0; i < 20; i++) server.step(random);
    deliver(askedAt + random.below(server.cursor - askedAt));
    for (;;) {
      const older = book.thread("cnv_a")?.older;
      if (!older) break;
      book.takeOlderPage("cnv_a", server.older("cnv_a", older, 6), delivered + 0.5);
    }
    deliver(server.cursor);

    const fresh = new Book();
    for (const c of server.conversations.values()) fresh.takeConversation(c);
    fresh.takeNewestPage("cnv_a", server.newest("cnv_a", 1000), server.cursor);
    expect(stateOf(book)).toEqual(stateOf(fresh));
    expect(book.hasHole("cnv_a")).toBe(false);
  });

  it("forgets what was said by whom nothing may be shown any more", () => {
    const book = new Book();
    const c = conversation("cnv_1");
    book.takeConversation(c);
    book.takeNewestPage(c.id, { items: [message(1, "Hallo")], next_cursor: null, previous_cursor: null }, 1);
    book.takeConversation({ ...c, version: 2, restricted_since: at(5) });
    expect(book.thread(c.id)).toBeUndefined();
    // What is still on its way finds no place either.
    const event: LiveEvent = { seq: 9, at: at(6), kind: "message.created", conversation_id: c.id, item: message(2, "Noch da") };
    book.apply(event, nothingTouched());
    expect(book.thread(c.id)).toBeUndefined();
  });

  it("never steps back to an older version", () => {
    const book = new Book();
    const c = conversation("cnv_a");
    expect(book.takeConversation({ ...c, version: 5, status: "done" })).toBe(true);
    expect(book.takeConversation({ ...c, version: 4, status: "open" })).toBe(false);
    expect(book.conversations.get("cnv_a")?.status).toBe("done");
  });

  it("reports a hole, and the newest page closes it", () => {
    const book = new Book();
    const server = serverWith(0, 1).server;
    server.items.set("cnv_a", [message(1, "eins"), message(2, "zwei")]);
    book.takeNewestPage("cnv_a", server.newest("cnv_a", 10), 1);
    book.apply({ seq: 9, at: at(9), kind: "message.created", conversation_id: "cnv_a", item: message(5, "fünf") }, nothingTouched());
    expect(book.hasHole("cnv_a")).toBe(true);
    server.items.set("cnv_a", [1, 2, 3, 4, 5].map((n) => message(n, `neu ${n}`)));
    book.takeNewestPage("cnv_a", server.newest("cnv_a", 4), 12);
    expect(book.hasHole("cnv_a")).toBe(false);
    expect(book.thread("cnv_a")?.items.map((i) => i.seq)).toEqual([1, 2, 3, 4, 5]);
  });

  it("ignores events older than what is loaded: they come by paging", () => {
    const { server } = serverWith(200, 7);
    const book = new Book();
    book.takeNewestPage("cnv_a", server.newest("cnv_a", 3), server.cursor);
    read(book, server.feed);
    expect(book.thread("cnv_a")?.items).toHaveLength(3);
    expect(book.thread("cnv_a")?.items).toEqual(server.newest("cnv_a", 3).items);
  });

  it("starts a thread anew when the fetched page does not join it", () => {
    const book = new Book();
    const page = (from: number, to: number): Timeline => ({
      items: Array.from({ length: to - from + 1 }, (_, i) => message(from + i, "x")), next_cursor: null, previous_cursor: "p",
    });
    book.takeNewestPage("cnv_a", page(1, 5), 1);
    book.takeNewestPage("cnv_a", page(90, 95), 2);
    expect(book.thread("cnv_a")?.items.map((i) => i.seq)).toEqual([90, 91, 92, 93, 94, 95]);
  });

  it("draws nothing again for a page of which everything is known", () => {
    const { server } = serverWith(200, 7);
    const book = new Book();
    const newest = () => structuredClone(server.newest("cnv_a", 20));
    expect(book.takeNewestPage("cnv_a", newest(), 1)).toBe(true);
    const shown = book.thread("cnv_a")?.items;
    expect(book.takeNewestPage("cnv_a", newest(), 2)).toBe(false);
    expect(book.thread("cnv_a")?.items).toBe(shown);
    const changed = newest();
    const last = changed.items.at(-1);
    if (last) last.at = at(999);
    if (last?.type === "message") last.version += 1;
    expect(book.takeNewestPage("cnv_a", changed, 3)).toBe(true);
    expect(book.thread("cnv_a")?.items.at(-1)).toEqual(last);
  });

  it("forgets everything but who is on screen when all is read anew", () => {
    const { server } = serverWith(200, 7);
    const book = new Book();
    book.takeConversation(conversation("cnv_a"));
    book.takeConversation(conversation("cnv_b"));
    book.takeNewestPage("cnv_a", server.newest("cnv_a", 3), server.cursor);
    book.clear("cnv_a");
    expect([...book.conversations.keys()]).toEqual(["cnv_a"]);
    expect(book.thread("cnv_a")).toBeUndefined();
    book.clear();
    expect(book.conversations.size).toBe(0);
  });
});
