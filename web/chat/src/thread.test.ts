import type { Message } from "@tresen/api";
import type { OutboxEntry } from "@tresen/ui/outbox.ts";
import { describe, expect, it } from "vitest";
import { judgeFile } from "./files.ts";
import { newClientId } from "./identity.ts";
import { readPage } from "./page.ts";
import { buildRows, mergeMessages, spokenText } from "./thread.ts";

const message = (seq: number, over: Partial<Message> = {}): Message => ({
  type: "message",
  id: `msg_${seq}`,
  seq,
  at: new Date(2026, 10, 24, 14, seq).toISOString(),
  direction: "outbound",
  author: { kind: "teammate", name: "Aylin" },
  text: `Text ${seq}`,
  attachments: [],
  quote: null,
  reactions: [],
  reaction: null,
  choices: null,
  card: null,
  delivery: null,
  edited_at: null,
  deleted_at: null,
  version: 1,
  client_id: null,
  channel_id: "chn_1",
  ...over,
});
const own = (seq: number, clientId: string) => message(seq, { direction: "inbound", author: { kind: "contact" }, client_id: clientId });
const pending = (clientId: string): OutboxEntry => ({
  client_id: clientId,
  queue: "laden",
  position: 1,
  created_at: new Date(2026, 10, 24, 15).toISOString(),
  text: "wartet",
  files: [],
  state: "waiting",
});

describe("mergeMessages", () => {
  it("keeps each message once, the later version, in order", () => {
    const merged = mergeMessages([message(1), message(3)], [message(2), message(3, { text: "neu" }), message(2)]);
    expect(merged.map(({ seq, text }) => [seq, text])).toEqual([[1, "Text 1"], [2, "Text 2"], [3, "neu"]]);
  });
});

describe("buildRows", () => {
  it("opens each day, groups runs of one author and marks the first new message", () => {
    const yesterday = message(1, { at: new Date(2026, 10, 23, 9).toISOString() });
    const rows = buildRows([yesterday, message(2), message(3), own(4, "a"), message(5)], [], "msg_5");
    expect(rows.map((row) => (row.type === "message" ? `${row.message.seq}${row.first ? " first" : ""}` : row.type))).toEqual([
      "day",
      "1 first",
      "day",
      "2 first",
      "3",
      "4 first",
      "new",
      "5 first",
    ]);
  });
  it("shows a waiting message until the server's own is there, under the same key", () => {
    const before = buildRows([message(1)], [pending("a")], null).at(-1);
    const after = buildRows([message(1), own(2, "a")], [pending("a")], null);
    expect(before).toMatchObject({ type: "pending", key: "a", first: true });
    expect(after.filter(({ key }) => key === "a")).toMatchObject([{ type: "message" }]);
  });
  it("has keys that are unique", () => {
    const keys = buildRows([message(1), own(2, "a"), message(3)], [pending("b")], "msg_3").map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe("spokenText", () => {
  it("says what came, also when there is no text", () => {
    const photo = { id: "1", name: "a.jpg", mime: "image/jpeg", size: 1, url: "/a", kind: "image", state: "stored" } as const;
    expect(spokenText(message(1, { text: null, attachments: [photo] }), () => "Bild")).toBe("Bild");
    expect(spokenText(message(1, { card: { kind: "order", lines: [{ label: "Nummer", value: "4711" }] } }), () => "")).toBe("Text 1, Nummer 4711");
  });
});

describe("page, files, ids", () => {
  it("reads entry and widget mode from the address", () => {
    expect(readPage(new URL("https://chat.example/c/laden?embed=1&lang=en"))).toEqual({ slug: "laden", embedded: true, language: "en" });
    expect(readPage(new URL("https://chat.example/c/caf%C3%A9/"))).toMatchObject({ slug: "café", embedded: false });
    expect(readPage(new URL("https://chat.example/c/"))).toBeNull();
    expect(readPage(new URL("https://chat.example/c/a/b"))).toBeNull();
    expect(readPage(new URL("https://chat.example/c/%ff"))).toBeNull();
  });
  it("judges files by size and kind", () => {
    expect(judgeFile(0)).toBe("empty");
    expect(judgeFile(25 * 1024 * 1024)).toBe("fits");
    expect(judgeFile(25 * 1024 * 1024 + 1)).toBe("large");
  });
  it("makes ids the server takes, each another", () => {
    const ids = [...Array(50).keys()].map(() => newClientId());
    expect(new Set(ids).size).toBe(50);
    for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9_-]{22}$/);
  });
});
