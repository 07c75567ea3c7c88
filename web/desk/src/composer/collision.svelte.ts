/** Somebody else answered while this answer was being written: the first sending is held (F11). */
import type { Message } from "@tresen/api";
import { auth } from "../session.svelte.ts";
import type { Thread } from "../thread.svelte.ts";

export class Collision {
  readonly #thread: Thread;
  /** The conversation as it stood when writing began. */
  #since: number;
  #shown = 0;
  /** The answer that came between; shown until the reader sends again. */
  other = $state.raw<Message | null>(null);

  constructor(thread: Thread) {
    this.#thread = thread;
    this.#since = thread.items?.at(-1)?.seq ?? Number.MAX_SAFE_INTEGER;
  }

  /** Writing begins (the field was empty). */
  begin(): void {
    this.#since = this.#thread.items?.at(-1)?.seq ?? 0;
    this.other = null;
  }

  /** True when the sending has to wait for the reader's second wish. */
  holds(): boolean {
    const answer = this.#thread.items?.findLast(
      (item): item is Message =>
        item.type === "message" &&
        item.direction === "outbound" &&
        item.author.kind === "teammate" &&
        item.author.id !== auth.me.id &&
        item.seq > this.#since,
    );
    if (!answer || answer.seq === this.#shown) {
      this.other = null;
      return false;
    }
    this.#shown = answer.seq;
    this.other = answer;
    return true;
  }
}
