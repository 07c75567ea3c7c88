/** The reply window of channels that have one: how long free text may still be written. */
import type { ReplyWindow } from "@tresen/api";

/** From here on the composer warns. */
export const WARN_BELOW_MS = 60 * 60_000;

/** Milliseconds left; 0 when it is shut, null when the channel has no window. */
export function windowLeft(window: ReplyWindow, now: number): number | null {
  if (window.state === "none") return null;
  if (window.state === "closed" || !window.closes_at) return 0;
  return Math.max(0, Date.parse(window.closes_at) - now);
}

/** "0:48" for 48 minutes; rounded up, so that the last minute is not called zero. */
export function hoursAndMinutes(ms: number): string {
  const minutes = Math.ceil(ms / 60_000);
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;
}

/** "4:07" in the last minutes, where seconds count. */
export function minutesAndSeconds(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
