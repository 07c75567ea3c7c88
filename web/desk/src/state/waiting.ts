/** When a message that has not left says so in words, and why it waits. */
import type { Channel, Delivery } from "@tresen/api";

/** So long a clock is enough: most messages leave within a second. */
export const WORDS_AFTER_MS = 30_000;

export type Why = "paused" | "broken" | "unreachable" | "pace" | "waiting";

/** Why a queued message has not left; null as long as there is nothing to tell. */
export function whyWaiting(delivery: Delivery | null, at: string, channel: Channel["state"] | null, now: number): Why | null {
  if (delivery?.state !== "queued") return null;
  const told = delivery.error_class;
  if (channel === "paused" || channel === "broken") return channel;
  if (told === "pace") return now - Date.parse(at) >= WORDS_AFTER_MS ? "pace" : null;
  if (told) return "unreachable";
  return now - Date.parse(at) >= WORDS_AFTER_MS ? "waiting" : null;
}
