/**
 * The views of the side navigation: which conversations belong to one, how the server is
 * asked for them, and in which order they stand.
 */
import type { Conversation, Status } from "@tresen/api";
import type { Query } from "@tresen/api/client";

export const VIEWS = ["mine", "queue", "waiting", "snoozed", "done", "all"] as const;
export type View = (typeof VIEWS)[number];

/** Narrows a view; "due" means that it is our turn. */
export type Filter = "none" | "due" | "unread";

export function isView(text: string | undefined): text is View {
  return (VIEWS as readonly (string | undefined)[]).includes(text);
}

export function belongs(view: View, c: Conversation, me: string): boolean {
  switch (view) {
    case "mine":
      return c.assignee?.id === me && (c.status === "open" || c.status === "waiting");
    case "queue":
      return c.assignee === null && (c.status === "open" || c.status === "waiting");
    case "waiting":
      return c.status === "waiting";
    case "snoozed":
      return c.status === "snoozed";
    case "done":
      return c.status === "done";
    case "all":
      return c.status !== "done";
  }
}

export function passes(filter: Filter, c: Conversation): boolean {
  if (filter === "due") return c.status === "open";
  if (filter === "unread") return c.unread > 0;
  return true;
}

const ASKED: Record<View, { status?: Status[]; assignee?: string }> = {
  mine: { status: ["open", "waiting"], assignee: "me" },
  queue: { status: ["open", "waiting"], assignee: "none" },
  waiting: { status: ["waiting"] },
  snoozed: { status: ["snoozed"] },
  done: { status: ["done"] },
  all: {},
};

export function queryOf(view: View, filter: Filter, cursor: string | null): Query {
  const { status, assignee } = ASKED[view];
  const asked = filter === "due" && view !== "done" && view !== "snoozed" ? ["open"] : status;
  return { status: asked?.join(","), assignee, limit: 50, cursor };
}

/** Newest first; the id decides between equals, so that the order never wavers. */
export function byNewest(a: Conversation, b: Conversation): number {
  if (a.last_message_at !== b.last_message_at) return a.last_message_at < b.last_message_at ? 1 : -1;
  return a.id < b.id ? 1 : a.id > b.id ? -1 : 0;
}

/**
 * The rows of a view among all known conversations. `horizon` is the time of the last row
 * fetched by paging (null when all are): what is older would leave holes and stays out.
 */
export function rowsOf(
  known: Iterable<Conversation>,
  view: View,
  filter: Filter,
  me: string,
  horizon: string | null,
): Conversation[] {
  const rows: Conversation[] = [];
  for (const c of known) {
    if (!belongs(view, c, me) || !passes(filter, c)) continue;
    if (horizon !== null && c.last_message_at < horizon) continue;
    rows.push(c);
  }
  return rows.sort(byNewest);
}

/**
 * The rows to show while the pointer rests on the list: nothing moves, nothing is added.
 * `gone` are rows the reader removed by an own action. Returns how many are held back.
 */
export function heldRows(
  shown: readonly string[],
  fresh: readonly string[],
  gone: ReadonlySet<string>,
): { ids: string[]; held: number } {
  const ids = shown.filter((id) => !gone.has(id));
  const seen = new Set(ids);
  let held = 0;
  for (const id of fresh) if (!seen.has(id)) held += 1;
  return { ids, held };
}
