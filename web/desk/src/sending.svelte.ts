/**
 * Everything a teammate writes leaves through the shared outbox: stored first, sent in
 * order, repeated under the same id until the server has answered.
 */
import { t } from "@tresen/i18n";
import type { ChoiceSet, Message, NewMessage, Note, Quote } from "@tresen/api";
import { ApiError, OfflineError } from "@tresen/api/client";
import { acrossTabs, Outbox, type OutboxEntry, type OutboxFile, type SendOutcome } from "@tresen/ui/outbox.ts";
import { openExistingOutboxStore, openOutboxStore } from "@tresen/ui/outbox-store.ts";
import { uploadAttachment } from "@tresen/ui/uploads.ts";
import { book, desk } from "./desk.svelte.ts";
import { api, auth, sentenceOf } from "./session.svelte.ts";
import { current } from "./thread.svelte.ts";
import { toasts } from "./toasts.svelte.ts";

/** What rides along with an entry of the outbox. */
export interface Extra {
  mode: "reply" | "note";
  quote: Quote | null;
  choices: ChoiceSet | null;
  template: NewMessage["template"] | null;
  /** The conversation's last number when it was written; finds the note the server made of it. */
  after: number;
  thenDone: boolean;
}

export interface Outgoing extends Partial<Omit<Extra, "after">> {
  text: string;
  files?: OutboxFile[];
}

/** What waited longer may have been overtaken by events: a person says whether it still goes out. */
const STALE_MS = 12 * 3_600_000;

let tick = $state(0);
let progress = $state.raw<Record<string, number>>({});
let outbox: Outbox | null = null;

export function newId(): string {
  return crypto.randomUUID().replaceAll("-", "");
}

export function extraOf(entry: OutboxEntry): Extra {
  const none: Extra = { mode: "reply", quote: null, choices: null, template: null, after: 0, thenDone: false };
  return { ...none, ...(entry.extra as Partial<Extra> | undefined) };
}

export const sending = {
  async start(): Promise<void> {
    const name = `tresen-desk-outbox-${auth.me.id}`;
    outbox = new Outbox({
      open: () => openOutboxStore(name),
      openExisting: () => openExistingOutboxStore(name),
      send: deliver,
      changed: () => (tick += 1),
      now: () => new Date(),
      exclusive: acrossTabs(name),
      staleAfterMs: STALE_MS,
    });
    await outbox.start();
  },

  /** What of a conversation waits or was refused, in order. */
  pendingOf(conversationId: string): readonly OutboxEntry[] {
    void tick;
    return outbox?.list(conversationId) ?? [];
  },
  get progress() {
    return progress;
  },

  async write(conversationId: string, out: Outgoing): Promise<void> {
    const { text, files = [], ...rest } = out;
    const after = book.conversations.get(conversationId)?.last_seq ?? 0;
    const extra: Extra = { mode: "reply", quote: null, choices: null, template: null, thenDone: false, ...rest, after };
    await outbox?.add({ client_id: newId(), queue: conversationId, text: text || null, files, extra: { ...extra } });
  },
  flush(): void {
    void outbox?.flush();
  },
  retry(clientId: string): void {
    void outbox?.retry(clientId, newId());
  },
  /** A message that waited long is still wanted. */
  resume(clientId: string): void {
    void outbox?.resume(clientId);
  },
  discard(clientId: string): void {
    void outbox?.settle(clientId);
  },
};

addEventListener("online", () => sending.flush());

async function deliver(entry: OutboxEntry, keep: () => Promise<void>): Promise<SendOutcome> {
  const extra = extraOf(entry);
  const stamp = desk.stamp;
  try {
    await uploadAll(entry, keep);
    const item = extra.mode === "note" ? await postNote(entry) : await postMessage(entry, extra);
    book.takeItem(entry.queue, item, stamp);
    desk.threadChanged();
    if (extra.thenDone) await api.patch(`/conversations/${entry.queue}`, { status: "done" }).catch(() => undefined);
    return { done: true };
  } catch (error) {
    const outcome = outcomeOf(error);
    if ("refused" in outcome) await refusedMeanwhile(entry.queue);
    return outcome;
  }
}

/** A refusal must be seen even when the teammate has moved on to somebody else. */
async function refusedMeanwhile(conversationId: string): Promise<void> {
  if (current.thread?.id === conversationId) return current.thread.loadComposer();
  const name = book.conversations.get(conversationId)?.contact.name;
  if (name) toasts.say(t("desk.error.refused.elsewhere", { name }), { tone: "danger" });
}

function postNote(entry: OutboxEntry): Promise<Note> {
  return api.post<Note>(`/conversations/${entry.queue}/notes`, { client_id: entry.client_id, text: entry.text ?? "" });
}

function postMessage(entry: OutboxEntry, extra: Extra): Promise<Message> {
  const ids = entry.files.flatMap((file) => file.attachment_id ?? []);
  const body: NewMessage = { client_id: entry.client_id };
  if (entry.text && !extra.template) body.text = entry.text;
  if (ids.length > 0) body.attachments = ids;
  if (extra.quote) body.quote = extra.quote.message_id;
  if (extra.choices) body.choices = extra.choices;
  if (extra.template) body.template = extra.template;
  return api.post<Message>(`/conversations/${entry.queue}/messages`, body);
}

async function uploadAll(entry: OutboxEntry, keep: () => Promise<void>): Promise<void> {
  for (const file of entry.files) {
    if (file.attachment_id) continue;
    const attachment = await uploadAttachment({
      url: "/api/v1/attachments",
      blob: file.blob,
      name: file.name,
      mime: file.mime,
      ...(file.voice ? { voice: true } : {}),
      headers: api.headers(),
      onprogress: (share) => (progress = { ...progress, [file.key]: share }),
    });
    file.attachment_id = attachment.id;
    await keep();
  }
}

function outcomeOf(error: unknown): SendOutcome {
  if (error instanceof OfflineError) return { later: true };
  if (!(error instanceof ApiError)) return { later: true };
  if (error.status === 401 || error.status === 429 || error.status >= 500) {
    return error.retryAfterS === null ? { later: true } : { later: true, afterS: error.retryAfterS };
  }
  const reasons = error.problem.reasons?.map((reason) => reason.explanation).filter(Boolean) ?? [];
  return { refused: reasons.join(" ") || sentenceOf(error) || t("desk.error.refused"), final: error.status === 413 };
}
