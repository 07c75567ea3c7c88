// @vitest-environment happy-dom
// The chat against a server in the hands of the test.
import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import type { ChatSession, Message } from "@tresen/api";
import { setLanguage } from "@tresen/i18n";
import de from "@tresen/i18n/catalogues/chat.de.json";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { Chat } from "./chat.svelte.ts";

interface Answer {
  status: number;
  body?: unknown;
}
/** Answers by "METHOD /path"; keeps the calls. */
class Server {
  calls: string[] = [];
  sent: Message[] = [];
  cookie = false;
  cookiesWork = true;
  override: (call: string) => Answer | null = () => null;

  readonly fetch = async (url: string, init: RequestInit = {}): Promise<Response> => {
    const path = url.replace("/chat/v1", "").split("?")[0] ?? "";
    const call = `${init.method ?? "GET"} ${path}`;
    this.calls.push(call);
    const { status, body } = this.override(call) ?? this.answer(call, JSON.parse((init.body as string) || "{}"));
    return new Response(status === 204 ? null : JSON.stringify(body ?? {}), { status });
  };

  readSeq = 0;
  private session(): ChatSession {
    const conversation = this.sent.length > 0 ? { id: "cnv_1", status: "waiting" as const, team_read_seq: 1, last_seq: this.sent.length } : null;
    return { contact_id: "con_1", conversation_id: conversation?.id ?? null, conversation, read_seq: this.readSeq, notice: { version: 3, url: "", text: "" } };
  }

  private answer(call: string, body: { client_id?: string; text?: string }): Answer {
    if (call === "GET /entries/laden") {
      const notice = { version: 3, url: "", text: "", summary: "" };
      return { status: 200, body: { slug: "laden", title: "Laden", locale: "de", company: { name: "Laden" }, languages: ["de"], notice, session: this.cookie ? this.session() : null } };
    }
    if (call === "POST /sessions") {
      this.cookie = this.cookiesWork;
      return { status: 201, body: this.session() };
    }
    if (!this.cookie) return problem(401, "unauthorized");
    if (call === "POST /messages") {
      const known = this.sent.find(({ client_id }) => client_id === body.client_id);
      if (known) return { status: 200, body: known };
      const made = { type: "message", id: `msg_${this.sent.length}`, seq: this.sent.length + 1, at: "2026-11-24T14:00:00.000Z" };
      const message = { ...made, direction: "inbound", author: { kind: "contact" }, text: body.text, attachments: [], client_id: body.client_id };
      this.sent.push(message as unknown as Message);
      return { status: 201, body: message };
    }
    if (call === "GET /timeline") return { status: 200, body: { items: this.sent, next_cursor: null, previous_cursor: null } };
    return { status: 200, body: {} };
  }
}
const written = (seq: number, direction: Message["direction"]): Message => ({
  type: "message", id: `msg_${seq}`, seq, at: "2026-11-24T14:00:00.000Z", direction, author: { kind: direction === "inbound" ? "contact" : "teammate" },
  text: "Text", attachments: [], quote: null, reactions: [], reaction: null, choices: null, card: null, delivery: null, edited_at: null,
  deleted_at: null, version: 1, client_id: null, channel_id: "chn_1",
});
const problem = (status: number, code: string, detail = ""): Answer => ({ status, body: { type: "", title: code, status, code, detail } });

let server: Server;
let accepted: number;
let missed: number[][];
async function openChat(): Promise<Chat> {
  const chat = new Chat("laden", {
    accepted: () => (accepted += 1),
    arrived: () => undefined,
    missed: (messages) => missed.push(messages.map(({ seq }) => seq)),
  });
  await chat.start();
  return chat;
}

beforeEach(() => {
  setLanguage("de", de);
  server = new Server();
  accepted = 0;
  missed = [];
  globalThis.indexedDB = new IDBFactory();
  vi.stubGlobal("fetch", server.fetch);
  // Live is tested by itself; here it never opens.
  vi.stubGlobal("WebSocket", class extends EventTarget {
    readyState = 0;
    close() {}
  });
});

describe("chat", () => {
  it("makes no session and stores nothing before the first message", async () => {
    const chat = await openChat();
    expect(chat.stage).toBe("open");
    expect(server.calls).toEqual(["GET /entries/laden"]);
    expect(await indexedDB.databases()).toEqual([]);
    expect(accepted).toBe(0);
    await chat.send("Guten Tag", []);
    await vi.waitFor(() => expect(server.sent.map(({ text }) => text)).toEqual(["Guten Tag"]));
    await vi.waitFor(() => expect(chat.pending).toEqual([]));
    expect(server.calls.filter((call) => call === "POST /sessions")).toHaveLength(1);
    expect(accepted).toBe(1);
  });

  it("makes one session for several first messages and keeps their order", async () => {
    const chat = await openChat();
    await Promise.all(["eins", "zwei", "drei"].map((text) => chat.send(text, [])));
    await vi.waitFor(() => expect(chat.messages.map(({ text }) => text)).toEqual(["eins", "zwei", "drei"]));
    expect(server.calls.filter((call) => call === "POST /sessions")).toHaveLength(1);
  });

  it("tells who comes back what is new, once, and what the team has read", async () => {
    server.cookie = true;
    server.readSeq = 2;
    server.sent = [1, 2, 3, 4].map((seq) => written(seq, seq === 1 ? "inbound" : "outbound"));
    const chat = await openChat();
    expect(chat.teamReadSeq).toBe(1);
    await chat.refresh();
    await chat.refresh();
    expect(missed).toEqual([[3, 4]]);
    await chat.markRead();
    expect(server.calls.filter((call) => call === "POST /read")).toHaveLength(1);
  });

  it("asks for a new session when the old cookie is gone", async () => {
    server.cookie = true;
    const chat = await openChat();
    server.cookie = false;
    await chat.send("noch da?", []);
    await vi.waitFor(() => expect(server.sent).toHaveLength(1), { timeout: 3_000 });
    expect(chat.cookiesBlocked).toBe(false);
  });

  it("stops instead of making contacts without end when the browser keeps no cookie", async () => {
    server.cookiesWork = false;
    const chat = await openChat();
    await chat.send("eins", []);
    await chat.send("zwei", []);
    await vi.waitFor(() => expect(chat.pending.map(({ state }) => state)).toEqual(["refused", "refused"]));
    expect(chat.cookiesBlocked).toBe(true);
    expect(server.calls.filter((call) => call === "POST /sessions")).toHaveLength(1);
  });

  it("shows the server's own words for a refusal and keeps the text", async () => {
    const chat = await openChat();
    server.override = (call) => (call === "POST /messages" ? problem(409, "client_id_reused", "Bereits verwendet.") : null);
    await chat.send("Text", []);
    await vi.waitFor(() => expect(chat.pending).toMatchObject([{ state: "refused", explanation: "Bereits verwendet.", text: "Text" }]));
    server.override = () => null;
    await chat.retry(chat.pending[0]?.client_id ?? "");
    await vi.waitFor(() => expect(server.sent.map(({ text }) => text)).toEqual(["Text"]));
  });

  it("tells an unknown entry from a server that is down, and comes back", async () => {
    server.override = () => problem(404, "not_found");
    expect((await openChat()).stage).toBe("unknown");
    server.override = () => problem(503, "down");
    const chat = await openChat();
    expect(chat.stage).toBe("down");
    server.override = () => null;
    await chat.start();
    expect(chat.stage).toBe("open");
  });
});
