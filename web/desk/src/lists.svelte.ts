/** One list state per view, kept while the page lives, so that changing views is instant. */
import { untrack } from "svelte";
import { ListState } from "./list.svelte.ts";
import { VIEWS, type View } from "./state/views.ts";

const states = new Map<View, ListState>(VIEWS.map((view) => [view, new ListState(view)]));
const readAt = new Map<View, number>();

export const lists = {
  get(view: View): ListState {
    return states.get(view) as ListState;
  },
  /** Reads the view's first page when it was not read since the feed's last reset. */
  show(view: View, generation: number): void {
    if (generation === 0 || readAt.get(view) === generation) return;
    readAt.set(view, generation);
    untrack(() => void lists.get(view).load());
  },
  /** An own action takes the row out of every view that no longer holds it. */
  dismiss(conversationId: string): void {
    for (const list of states.values()) list.dismiss(conversationId);
  },
  restore(conversationId: string): void {
    for (const list of states.values()) list.restore(conversationId);
  },
};
