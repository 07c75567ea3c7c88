/**
 * The rows of a timeline: items in order, then what is still on its way from this desk.
 * Day and "new" dividers belong to the row below them, so that loading older items only
 * ever adds rows in front.
 */
import type { TimelineItem } from "@tresen/api";
import type { OutboxEntry } from "@tresen/ui/outbox.ts";

export interface Row {
  key: string;
  item: TimelineItem | null;
  entry: OutboxEntry | null;
  at: string;
  /** The row opens a new day. */
  day: boolean;
  /** The row is the first that was unread. */
  fresh: boolean;
  /** First of a run by one author. */
  first: boolean;
}

/** Messages of one author within this time stand close together. */
const RUN_MS = 5 * 60_000;

export function timelineRows(
  items: readonly TimelineItem[],
  pending: readonly OutboxEntry[],
  firstUnread: number | null,
  isSent: (entry: OutboxEntry) => boolean,
): Row[] {
  const rows: Row[] = [];
  const arrived = new Set<string>();
  let day = "";
  let before: TimelineItem | null = null;
  for (const item of items) {
    const itsDay = dayOf(item.at);
    const clientId = item.type === "message" ? item.client_id : null;
    if (clientId) arrived.add(clientId);
    rows.push({
      key: clientId ?? `n${item.seq}`,
      item,
      entry: null,
      at: item.at,
      day: itsDay !== day,
      fresh: item.seq === firstUnread,
      first: itsDay !== day || !sameRun(before, item),
    });
    day = itsDay;
    before = item;
  }
  for (const entry of pending) {
    // The feed was faster than the answer to our request.
    if (arrived.has(entry.client_id) || isSent(entry)) continue;
    rows.push({ key: entry.client_id, item: null, entry, at: entry.created_at, day: dayOf(entry.created_at) !== day, fresh: false, first: true });
    day = dayOf(entry.created_at);
  }
  return rows;
}

function dayOf(at: string): string {
  return new Date(at).toDateString();
}

function sameRun(before: TimelineItem | null, item: TimelineItem): boolean {
  if (!before || before.type !== item.type || before.type === "activity" || item.type === "activity") return false;
  if (Date.parse(item.at) - Date.parse(before.at) > RUN_MS) return false;
  if (before.author.kind !== item.author.kind || before.author.id !== item.author.id) return false;
  return before.type === "note" || item.type === "note" || before.direction === item.direction;
}
