/** The conversation list of one view: paging, filter, and holding still under the pointer. */
import type { Conversation, List } from "@tresen/api";
import { book, desk } from "./desk.svelte.ts";
import { api, auth } from "./session.svelte.ts";
import { byNewest, type Filter, heldRows, queryOf, rowsOf, type View } from "./state/views.ts";

export class ListState {
  readonly view: View;
  filter = $state<Filter>("none");
  loading = $state(false);
  failed = $state(false);
  /** The pointer rests on the list: rows stay where they are. */
  held = $state(false);
  #horizon = $state<string | null>("9999");
  #next = $state<string | null>(null);
  #asked = 0;
  #shown: string[] = [];
  readonly #gone = new Set<string>();

  constructor(view: View) {
    this.view = view;
  }

  readonly #fresh = $derived.by<Conversation[]>(() => {
    void desk.conversationTick;
    return rowsOf(book.conversations.values(), this.view, this.filter, auth.me.id, this.#horizon);
  });

  readonly #arranged = $derived.by(() => {
    const fresh = this.#fresh;
    if (!this.held) {
      this.#shown = fresh.map((c) => c.id);
      this.#gone.clear();
      return { rows: fresh, more: 0 };
    }
    const { ids, held } = heldRows(this.#shown, fresh.map((c) => c.id), this.#gone);
    const rows = ids.flatMap((id) => book.conversations.get(id) ?? []);
    return { rows, more: held };
  });

  get rows(): Conversation[] {
    return this.#arranged.rows;
  }
  /** Conversations that came meanwhile and are not shown yet. */
  get heldBack(): number {
    return this.#arranged.more;
  }
  get complete(): boolean {
    return this.#horizon === null;
  }
  /** Nothing has been fetched yet. */
  get fresh(): boolean {
    return this.#horizon === "9999";
  }

  /** Reads the first page. What is known already is shown until it arrives. */
  async load(): Promise<void> {
    await this.#fetch(null);
  }

  async loadMore(): Promise<void> {
    if (!this.loading && this.#next) await this.#fetch(this.#next);
  }

  async #fetch(cursor: string | null): Promise<void> {
    const turn = ++this.#asked;
    this.loading = true;
    this.failed = false;
    try {
      const page = await api.get<List<Conversation>>("/conversations", queryOf(this.view, this.filter, cursor));
      if (turn !== this.#asked) return;
      desk.take(page.items);
      this.#next = page.next_cursor;
      this.#horizon = page.next_cursor ? oldestOf(page.items) : null;
    } catch {
      if (turn === this.#asked) this.failed = true;
    } finally {
      if (turn === this.#asked) this.loading = false;
    }
  }

  setFilter(filter: Filter): void {
    this.filter = filter;
    this.release();
    void this.load();
  }

  /** Lets the held rows go to where they belong. */
  release(): void {
    const was = this.held;
    this.held = false;
    void this.#arranged;
    this.held = was;
  }

  /** The reader removed a row by an own action: it leaves even while the rest is held. */
  dismiss(id: string): void {
    this.#gone.add(id);
  }

  /** The action was taken back. */
  restore(id: string): void {
    this.#gone.delete(id);
  }

  /** The neighbour of a row; used when the row itself is about to leave. */
  neighbour(id: string | null, step: 1 | -1): string | null {
    const rows = this.rows;
    const at = rows.findIndex((c) => c.id === id);
    if (at < 0) return rows[0]?.id ?? null;
    return rows[at + step]?.id ?? null;
  }
}

function oldestOf(items: readonly Conversation[]): string | null {
  return [...items].sort(byNewest).at(-1)?.last_message_at ?? null;
}
