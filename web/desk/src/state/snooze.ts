/** When a conversation may come back, and how that moment is said. */
import { clock as clockOf, daysAgo } from "@tresen/ui/formats.ts";

export type SnoozeId = "hour" | "tomorrow" | "monday" | "week";
export interface SnoozeChoice {
  id: SnoozeId;
  at: Date;
}

const MORNING_H = 9;

function morning(now: Date, days: number): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, MORNING_H);
}

/** In an hour, tomorrow morning, Monday, in a week; what would be the same moment stands once. */
export function snoozeChoices(now: Date): SnoozeChoice[] {
  const toMonday = (8 - now.getDay()) % 7 || 7;
  const choices: SnoozeChoice[] = [
    { id: "hour", at: new Date(now.getTime() + 3_600_000) },
    { id: "tomorrow", at: morning(now, 1) },
    { id: "monday", at: morning(now, toMonday) },
    { id: "week", at: morning(now, 7) },
  ];
  return choices.filter((choice, place) => choices.findIndex((other) => other.at.getTime() === choice.at.getTime()) === place);
}

/** "16:30" today, "morgen, 09:00", "Mo., 09:00" within a week, else the date. */
export function snoozeWords(at: string | Date, now: Date, language: string): string {
  const date = new Date(at);
  const days = -daysAgo(date, now);
  const time = clockOf(date, language);
  if (days <= 0) return time;
  if (days === 1) return `${new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(1, "day")}, ${time}`;
  const locale = language === "en" ? "en-GB" : language;
  if (days < 7) return `${date.toLocaleDateString(locale, { weekday: "short" })}, ${time}`;
  return `${date.toLocaleDateString(locale, { day: "2-digit", month: "2-digit", year: date.getFullYear() === now.getFullYear() ? undefined : "2-digit" })}, ${time}`;
}

/** The value of a date-and-time field, in the reader's own time. */
export function fieldValue(date: Date): string {
  const two = (n: number) => String(n).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`;
}
