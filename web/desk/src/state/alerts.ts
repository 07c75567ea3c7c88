/** Which conversations an arriving frame of the feed should call the teammate to. */
import type { Conversation, LiveEvent } from "@tresen/api";

/** What is older was missed while away; the title says so, nothing rings for it. */
const FRESH_MS = 60_000;

/** New messages of contacts, in conversations that are mine or nobody's, each conversation once. */
export function callsFor(events: readonly LiveEvent[], known: (id: string) => Conversation | undefined, me: string, now: number): string[] {
  const calls = new Set<string>();
  for (const event of events) {
    if (event.kind !== "message.created" || event.item?.type !== "message" || event.item.direction !== "inbound") continue;
    if (now - Date.parse(event.at) > FRESH_MS) continue;
    const id = event.conversation_id ?? event.conversation?.id;
    const conversation = event.conversation ?? (id ? known(id) : undefined);
    if (!id || !conversation) continue;
    if (conversation.assignee === null || conversation.assignee.id === me) calls.add(id);
  }
  return [...calls];
}
