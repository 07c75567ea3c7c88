// From messages to rows of the timeline. Pure.
import type { Message } from "@tresen/api";
import type { OutboxEntry } from "@tresen/ui/outbox.ts";

export type Row =
  | { type: "day"; key: string; at: string }
  | { type: "new"; key: string }
  | { type: "message"; key: string; message: Message; first: boolean }
  | { type: "pending"; key: string; entry: OutboxEntry; first: boolean };

/** Known and arriving messages, each once (the later version wins), in order. */
export function mergeMessages(known: readonly Message[], arriving: readonly Message[]): Message[] {
  const byId = new Map(known.map((message) => [message.id, message]));
  for (const message of arriving) byId.set(message.id, message);
  return [...byId.values()].sort((a, b) => a.seq - b.seq);
}

/** Day headings, the line above the first new message, messages, then what still waits here. */
export function buildRows(messages: readonly Message[], pending: readonly OutboxEntry[], firstNewId: string | null): Row[] {
  const rows: Row[] = [];
  const sent = new Set(messages.map(({ client_id }) => client_id));
  let day = "";
  let author = "";
  const openDay = (at: string) => {
    const next = new Date(at).toDateString();
    if (next === day) return;
    day = next;
    author = "";
    rows.push({ type: "day", key: `day ${next}`, at });
  };
  for (const message of messages) {
    openDay(message.at);
    if (message.id === firstNewId) {
      rows.push({ type: "new", key: "new" });
      author = "";
    }
    const by = `${message.direction} ${message.author.kind} ${message.author.name ?? ""}`;
    // The key of our own message is its client_id: the waiting bubble becomes the sent one in place.
    rows.push({ type: "message", key: message.client_id ?? message.id, message, first: by !== author });
    author = by;
  }
  for (const entry of pending) {
    if (sent.has(entry.client_id)) continue;
    openDay(entry.created_at);
    rows.push({ type: "pending", key: entry.client_id, entry, first: author !== "own" && !author.startsWith("inbound") });
    author = "own";
  }
  return rows;
}

/** What a person hears of a message: its text, or what kind of thing came. */
export function spokenText(message: Message, kindName: (kind: Message["attachments"][number]["kind"]) => string): string {
  const parts = message.attachments.map(({ kind }) => kindName(kind));
  if (message.text) parts.push(message.text);
  for (const line of message.card?.lines ?? []) parts.push(`${line.label} ${line.value}`.trim());
  return parts.join(", ");
}
