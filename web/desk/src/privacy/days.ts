/** Days as a date field writes them, in the reader's own calendar. */

const two = (number: number) => String(number).padStart(2, "0");

/** "2027-05-30": the day so many months later; at the end of a shorter month its last day. */
export function inMonths(from: Date, months: number): string {
  const month = new Date(from.getFullYear(), from.getMonth() + months + 1, 0);
  const day = Math.min(from.getDate(), month.getDate());
  return `${month.getFullYear()}-${two(month.getMonth() + 1)}-${two(day)}`;
}

/** The moment at which that day begins here; null for what is no day. */
export function startOf(day: string): string | null {
  const [, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day) ?? [];
  if (!year || !month || !date) return null;
  const at = new Date(Number(year), Number(month) - 1, Number(date));
  return at.getMonth() === Number(month) - 1 ? at.toISOString() : null;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** How long it is until then, in the largest unit that says something. Nothing is left: 0 hours. */
export function timeLeft(until: string, now: Date): { unit: "days" | "hours"; count: number } {
  const ms = Math.max(0, Date.parse(until) - now.getTime());
  return ms >= 2 * DAY_MS ? { unit: "days", count: Math.floor(ms / DAY_MS) } : { unit: "hours", count: Math.floor(ms / HOUR_MS) };
}
