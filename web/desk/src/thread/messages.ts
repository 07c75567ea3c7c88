/** What can be done with one message: quote it, react to it, send it again. */
import { t } from "@tresen/i18n";
import type { Message } from "@tresen/api";
import { book, desk } from "../desk.svelte.ts";
import { drafts } from "../drafts.svelte.ts";
import { api, sentenceOf } from "../session.svelte.ts";
import { ui } from "../shell/ui.svelte.ts";
import type { Thread } from "../thread.svelte.ts";
import { toasts } from "../toasts.svelte.ts";

export function quoteInReply(thread: Thread, message: Message, author: string): void {
  const text = message.text ?? message.attachments.map((attachment) => attachment.name).join(", ");
  drafts.set(thread.id, "reply", { quote: { message_id: message.id, text, author_name: author } });
  ui.write("reply");
}

export async function react(thread: Thread, message: Message, emoji: string | null): Promise<void> {
  await told(thread, () => api.put<Message>(`/messages/${message.id}/reaction`, { emoji }));
}

export async function retryDelivery(thread: Thread, message: Message): Promise<void> {
  await told(thread, () => api.post<Message>(`/messages/${message.id}/retry`));
}

async function told(thread: Thread, call: () => Promise<Message>): Promise<void> {
  const stamp = desk.stamp;
  try {
    book.takeItem(thread.id, await call(), stamp);
    desk.threadChanged();
  } catch (error) {
    toasts.say(sentenceOf(error) ?? t("desk.error.offline"), { tone: "danger" });
  }
}
