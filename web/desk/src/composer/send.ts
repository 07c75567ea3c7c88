/** From a draft into the outbox. The draft is emptied only after the outbox has stored it. */
import { t } from "@tresen/i18n";
import type { ChoiceSet, NewMessage } from "@tresen/api";
import { leaveAsDone } from "../actions.ts";
import { desk } from "../desk.svelte.ts";
import { type Draft, drafts, type Mode } from "../drafts.svelte.ts";
import { sending } from "../sending.svelte.ts";
import { auth } from "../session.svelte.ts";
import type { Thread } from "../thread.svelte.ts";

export async function write(
  thread: Thread,
  mode: Mode,
  draft: Draft,
  options: { thenDone: boolean; choices: ChoiceSet | null },
): Promise<void> {
  const text = draft.text.trim();
  if (mode === "reply") pretendSent(thread, text, draft.files.length);
  const stored = sending.write(thread.id, {
    text,
    files: draft.files.map((file) => ({ ...file, voice: file.mime.startsWith("audio/") })),
    mode,
    quote: draft.quote,
    choices: options.choices,
    thenDone: options.thenDone,
  });
  drafts.clear(thread.id, mode, stored);
  await stored;
  // The server is told by the outbox, after the message; here the row only leaves.
  if (options.thenDone) leaveAsDone(thread.id);
}

/** A template names its text for the server; the filled text is what the timeline shows meanwhile. */
export async function writeTemplate(thread: Thread, template: NonNullable<NewMessage["template"]>, text: string): Promise<void> {
  pretendSent(thread, text, 0);
  await sending.write(thread.id, { text: text || t("ui.card.template"), template, mode: "reply" });
}

function pretendSent(thread: Thread, text: string, files: number): void {
  const { id, name } = auth.me;
  const at = new Date().toISOString();
  const conversation = thread.conversation;
  desk.pretend(thread.id, {
    last_message: { type: "message", direction: "outbound", text, author_name: name, at, attachments: files },
    last_message_at: at,
    status: "waiting",
    unread: 0,
    // Answering takes the conversation.
    assignee: conversation?.assignee ?? { id, name },
  });
}
