import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { openExistingOutboxStore, openOutboxStore } from "./outbox-store.ts";
import { acrossTabs, Outbox, type OutboxEntry, type OutboxOptions, type SendOutcome } from "./outbox.ts";

/** A server that keeps one message per client_id, and whose network can be told to fail. */
class Server {
  readonly messages: { id: string; text: string | null }[] = [];
  attempts = 0;
  /** Consulted for each attempt: lose the request, or the answer. */
  fault: (attempt: number) => "request lost" | "answer lost" | null = () => null;
  refuse: (entry: OutboxEntry) => string | null = () => null;

  readonly send = async (entry: OutboxEntry): Promise<SendOutcome> => {
    this.attempts += 1;
    const fault = this.fault(this.attempts);
    if (fault === "request lost") return { later: true };
    const refused = this.refuse(entry);
    if (refused) return { refused };
    if (!this.messages.some(({ id }) => id === entry.client_id)) this.messages.push({ id: entry.client_id, text: entry.text });
    return fault === "answer lost" ? { later: true } : { done: true };
  };
}

const NAME = "test-outbox";
let server: Server;
let timers: (() => void)[];
let minute: number;

function makeOutbox(over: Partial<OutboxOptions> = {}): Outbox {
  return new Outbox({
    open: () => openOutboxStore(NAME),
    openExisting: () => openExistingOutboxStore(NAME),
    send: server.send,
    changed: () => undefined,
    now: () => new Date(Date.UTC(2026, 10, 24, 14, minute)),
    schedule: (run) => timers.push(run),
    cancel: () => undefined,
    random: () => 0.5,
    ...over,
  });
}
const message = (id: string, text = id, queue = "laden") => ({ client_id: id, queue, text, files: [] });
async function runTimers(outbox: Outbox): Promise<void> {
  for (let round = 0; round < 20 && outbox.list().some(({ state }) => state === "waiting"); round += 1) {
    timers.splice(0).forEach((run) => run());
    await outbox.flush();
  }
}

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  server = new Server();
  timers = [];
  minute = 0;
});

describe("outbox", () => {
  it("remembers that the same again would be refused again", async () => {
    const outbox = makeOutbox({ send: async () => ({ refused: "zu groß", final: true }) });
    await outbox.add(message("a"));
    await outbox.flush();
    expect(outbox.list()).toMatchObject([{ state: "refused", explanation: "zu groß", final: true }]);
  });
  it("sends in the order of writing, also when attempts fail", async () => {
    server.fault = (attempt) => (attempt % 2 === 1 ? "request lost" : null);
    const outbox = makeOutbox();
    for (const id of ["a", "b", "c", "d"]) await outbox.add(message(id));
    await runTimers(outbox);
    expect(server.messages.map(({ id }) => id)).toEqual(["a", "b", "c", "d"]);
    expect(outbox.list()).toEqual([]);
  });

  it("keeps the order when the clock goes backwards", async () => {
    server.fault = () => "request lost";
    const outbox = makeOutbox();
    minute = 30;
    await outbox.add(message("first"));
    minute = 10;
    await outbox.add(message("second"));
    expect(outbox.list().map(({ client_id }) => client_id)).toEqual(["first", "second"]);
  });

  it("makes one message of many attempts when answers get lost", async () => {
    server.fault = (attempt) => (attempt <= 3 ? "answer lost" : null);
    const outbox = makeOutbox();
    await outbox.add(message("a"));
    await runTimers(outbox);
    expect(server.attempts).toBe(4);
    expect(server.messages).toEqual([{ id: "a", text: "a" }]);
  });

  it("survives the page, with its files, and uploads nothing twice", async () => {
    server.fault = () => "request lost";
    const uploads: string[] = [];
    const send: OutboxOptions["send"] = async (entry, keep) => {
      for (const file of entry.files) {
        if (file.attachment_id) continue;
        uploads.push(await file.blob.text());
        file.attachment_id = `att_${file.key}`;
        await keep();
      }
      return server.send(entry);
    };
    const before = makeOutbox({ send });
    const blob = new Blob(["photo"], { type: "image/jpeg" });
    await before.add({ ...message("a"), files: [{ key: "1", name: "a.jpg", mime: "image/jpeg", blob }] });
    await before.flush();
    server.fault = () => null;
    const after = makeOutbox({ send });
    await after.start();
    expect(server.messages).toEqual([{ id: "a", text: "a" }]);
    expect(uploads).toEqual(["photo"]);
    expect((await (await openOutboxStore(NAME)).all()).length).toBe(0);
  });

  it("stores nothing by looking for an earlier queue", async () => {
    await makeOutbox().start();
    expect(await indexedDB.databases()).toEqual([]);
    // Browsers without databases() take the other path.
    Object.defineProperty(indexedDB, "databases", { value: undefined });
    await makeOutbox().start();
    expect(await new IDBFactory().databases.call(indexedDB)).toEqual([]);
  });

  it("keeps a refused message for the person and goes on with the next", async () => {
    server.refuse = ({ client_id }) => (client_id === "a" ? "zu lang" : null);
    const outbox = makeOutbox();
    await outbox.add(message("a"));
    await outbox.add(message("b"));
    await outbox.flush();
    expect(server.messages.map(({ id }) => id)).toEqual(["b"]);
    expect(outbox.list()).toMatchObject([{ client_id: "a", state: "refused", explanation: "zu lang" }]);
    server.refuse = () => null;
    await outbox.retry("a", "a2");
    await outbox.flush();
    expect(server.messages.map(({ id, text }) => [id, text])).toEqual([["b", "b"], ["a2", "a"]]);
    expect(outbox.list()).toEqual([]);
  });

  it("does not let one conversation wait for another", async () => {
    const outbox = makeOutbox({
      send: (entry) => (entry.queue === "x" ? Promise.resolve({ later: true }) : server.send(entry)),
    });
    await outbox.add(message("1", "1", "x"));
    await outbox.add(message("2", "2", "y"));
    await outbox.flush();
    expect(server.messages.map(({ id }) => id)).toEqual(["2"]);
  });

  it("drops what another tab has sent meanwhile", async () => {
    server.fault = () => "request lost";
    const here = makeOutbox();
    await here.add(message("a"));
    await here.flush();
    server.fault = () => null;
    const there = makeOutbox();
    await there.start();
    await here.flush();
    expect(here.list()).toEqual([]);
    expect(server.messages).toHaveLength(1);
  });

  it("sends also where the browser refuses locks and databases", async () => {
    vi.stubGlobal("navigator", { locks: { request: () => Promise.reject(new DOMException("denied", "SecurityError")) } });
    const refused = () => Promise.reject(new DOMException("denied", "UnknownError"));
    const outbox = makeOutbox({ exclusive: acrossTabs("x"), open: refused, openExisting: refused });
    await outbox.start();
    await outbox.add(message("a"));
    await outbox.flush();
    vi.unstubAllGlobals();
    expect(server.messages.map(({ id }) => id)).toEqual(["a"]);
  });

  it("asks about what waited too long, and sends it under its old id when it is wanted", async () => {
    server.fault = (attempt) => (attempt === 1 ? "answer lost" : "request lost");
    const before = makeOutbox();
    await before.add(message("a"));
    await before.flush();
    server.fault = () => null;
    minute = 26 * 60;
    const after = makeOutbox({ staleAfterMs: 24 * 3_600_000 });
    await after.start();
    await after.add(message("b"));
    await after.flush();
    expect(after.list()).toMatchObject([{ client_id: "a", stale: true }]);
    await after.resume("a");
    expect(after.list()).toEqual([]);
    expect(server.messages.map(({ id }) => id)).toEqual(["a", "b"]);
  });

  it("waits as long as the server asks, and longer after each failure", async () => {
    const waits: number[] = [];
    const schedule = (run: () => void, ms: number) => (waits.push(ms), timers.push(run));
    const outbox = makeOutbox({ schedule, send: () => Promise.resolve({ later: true, afterS: waits.length === 2 ? 30 : 0 }) });
    await outbox.add(message("a"));
    await outbox.flush();
    for (let i = 0; i < 3; i += 1) {
      timers.splice(0).forEach((run) => run());
      await outbox.flush();
    }
    expect(waits[0]).toBe(750);
    expect(waits[1]).toBeGreaterThan(750);
    expect(waits.some((ms) => ms === 30_000)).toBe(true);
  });
});
