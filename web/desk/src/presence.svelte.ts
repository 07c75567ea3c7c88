/** Who is typing and who is looking, right now. Nothing of it is stored. */
import type { Contact, Message, TypingFrame, ViewingFrame } from "@tresen/api";

/** A "typing" that is not renewed is over: the other side may have closed the page. */
const TYPING_MS = 6_000;

export interface Typist {
  id: string;
  kind: "contact" | "teammate";
  name: string;
}

let typists = $state.raw<Record<string, Typist[]>>({});
let viewers = $state.raw<Record<string, { id: string; name: string }[]>>({});
let contact = $state.raw<Contact | null>(null);
const timers = new Map<string, ReturnType<typeof setTimeout>>();

export const presence = {
  typistsOf(conversationId: string): readonly Typist[] {
    return typists[conversationId] ?? [];
  },
  viewersOf(conversationId: string, me: string): readonly { id: string; name: string }[] {
    return (viewers[conversationId] ?? []).filter((viewer) => viewer.id !== me);
  },
  /** The contact most recently told by the feed, for an open panel to take over. */
  get changedContact() {
    return contact;
  },

  typing(frame: TypingFrame): void {
    const id = frame.conversation_id;
    if (!id) return;
    const typist: Typist = { id: frame.by.id ?? frame.by.name, kind: frame.by.kind ?? "contact", name: frame.by.name };
    set(id, typist, frame.on);
  },
  viewing(frame: ViewingFrame): void {
    viewers = { ...viewers, [frame.conversation_id]: frame.teammates };
  },
  /** A message that arrived ends its author's typing at once. */
  wrote(conversationId: string, message: Message): void {
    for (const typist of presence.typistsOf(conversationId)) {
      const same = message.direction === "inbound" ? typist.kind === "contact" : typist.id === message.author.id;
      if (same) set(conversationId, typist, false);
    }
  },
  contactChanged(next: Contact): void {
    contact = next;
  },
};

function set(conversationId: string, typist: Typist, on: boolean): void {
  const key = `${conversationId} ${typist.id}`;
  clearTimeout(timers.get(key));
  timers.delete(key);
  const others = presence.typistsOf(conversationId).filter((other) => other.id !== typist.id);
  typists = { ...typists, [conversationId]: on ? [...others, typist] : others };
  if (on) timers.set(key, setTimeout(() => set(conversationId, typist, false), TYPING_MS));
}
