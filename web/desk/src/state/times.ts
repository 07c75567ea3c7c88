/** Short times for rows: the clock today, "gestern", the weekday within a week, else the date. */
import { clock, daysAgo } from "@tresen/ui/formats.ts";

export function shortTime(at: string, now: Date, language: string): string {
  const days = daysAgo(at, now);
  if (days <= 0) return clock(at, language);
  if (days === 1) return new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(-1, "day");
  const locale = language === "en" ? "en-GB" : language;
  const date = new Date(at);
  if (days < 7) return date.toLocaleDateString(locale, { weekday: "short" });
  const year = date.getFullYear() === now.getFullYear() ? undefined : "2-digit";
  return date.toLocaleDateString(locale, { day: "2-digit", month: "2-digit", year });
}
