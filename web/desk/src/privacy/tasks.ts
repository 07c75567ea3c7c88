/** What waits for a decision of data protection, the most urgent first. Pure: the present moment is a parameter. */
import type { Hold, Objection } from "@tresen/api";

export type Task =
  | { kind: "objection"; key: string; due: string | null; objection: Objection }
  /** Somebody else asked for a hold: a second person agrees, or ends it. */
  | { kind: "agree"; key: string; due: string | null; hold: Hold }
  /** The day has come on which somebody looks at a hold again. */
  | { kind: "review"; key: string; due: string | null; hold: Hold };

export function tasksOf(objections: readonly Objection[], holds: readonly Hold[], me: string, now: Date): Task[] {
  const tasks: Task[] = objections.map((objection) => ({
    kind: "objection",
    key: `${objection.contact_id} ${objection.channel_id}`,
    due: objection.final_at,
    objection,
  }));
  for (const hold of holds) {
    if (hold.agreed_by === null && hold.asked_by !== me) tasks.push({ kind: "agree", key: hold.id, due: null, hold });
    else if (Date.parse(hold.review_at) <= now.getTime()) tasks.push({ kind: "review", key: hold.id, due: hold.review_at, hold });
  }
  // What has no clock comes after what has one.
  return tasks.sort((a, b) => (a.due ?? "9").localeCompare(b.due ?? "9"));
}

/** The next moment by which something has to be decided. */
export function nextDue(tasks: readonly Task[]): string | null {
  return tasks.find((task) => task.due !== null)?.due ?? null;
}
