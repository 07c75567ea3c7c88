/** Tells the others that somebody writes. Notes are the team's own: nobody outside hears of them. */
import { desk } from "../desk.svelte.ts";
import type { Mode } from "../drafts.svelte.ts";

/** Renewed while writing goes on; the receiver forgets after twice as long. */
const RENEW_MS = 3_000;
const PAUSE_MS = 5_000;

export class TypingSignal {
  readonly #conversationId: string;
  readonly #silent: boolean;
  #toldAt = 0;
  #on = false;
  #pause: ReturnType<typeof setTimeout> | undefined;

  constructor(conversationId: string, mode: Mode) {
    this.#conversationId = conversationId;
    this.#silent = mode === "note";
  }

  typed(text: string): void {
    if (this.#silent) return;
    if (text.trim() === "") return this.stop();
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => this.stop(), PAUSE_MS);
    if (this.#on && Date.now() - this.#toldAt < RENEW_MS) return;
    this.#on = true;
    this.#toldAt = Date.now();
    desk.tell({ type: "typing", conversation_id: this.#conversationId, on: true });
  }

  stop(): void {
    clearTimeout(this.#pause);
    if (!this.#on) return;
    this.#on = false;
    desk.tell({ type: "typing", conversation_id: this.#conversationId, on: false });
  }
}
