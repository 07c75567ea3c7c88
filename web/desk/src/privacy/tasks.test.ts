import { describe, expect, it } from "vitest";
import type { Hold, Objection } from "@tresen/api";
import { inMonths, startOf, timeLeft } from "./days.ts";
import { nextDue, tasksOf } from "./tasks.ts";

const NOW = new Date("2026-11-30T12:00:00.000Z");
const objection = (contact: string, final_at: string | null): Objection => ({
  contact_id: contact,
  channel_id: "chn_1",
  conversation_id: null,
  clarity: "soft",
  said_at: "2026-11-29T12:00:00.000Z",
  final_at,
});
const hold = (id: string, change: Partial<Hold>): Hold => ({
  id,
  contact_id: "con_1",
  matter: "3 O 17/26",
  reason: "Klage",
  review_at: "2027-06-30T00:00:00.000Z",
  asked_by: "tmt_dora",
  asked_at: "2026-11-01T12:00:00.000Z",
  agreed_by: "tmt_aylin",
  ended_at: null,
  ...change,
});

describe("what waits for a decision", () => {
  it("puts what ends soonest first, and what has no clock last", () => {
    const objections = [objection("con_late", "2026-12-02T12:00:00.000Z"), objection("con_soon", "2026-12-01T12:00:00.000Z")];
    const holds = [hold("hld_new", { agreed_by: null }), hold("hld_old", { review_at: "2026-11-30T00:00:00.000Z" })];
    const tasks = tasksOf(objections, holds, "tmt_aylin", NOW);
    expect(tasks.map(({ kind, key }) => `${kind} ${key}`)).toEqual(["review hld_old", "objection con_soon chn_1", "objection con_late chn_1", "agree hld_new"]);
    expect(nextDue(tasks)).toBe("2026-11-30T00:00:00.000Z");
  });
  it("asks nobody to agree to the own hold, and leaves a settled one alone", () => {
    const holds = [hold("hld_own", { agreed_by: null, asked_by: "tmt_aylin" }), hold("hld_good", {})];
    const tasks = tasksOf([], holds, "tmt_aylin", NOW);
    expect(tasks).toEqual([]);
    expect(nextDue(tasks)).toBeNull();
  });
});

describe("days", () => {
  it("names the day so many months later, and the last one of a shorter month", () => {
    expect(inMonths(new Date(2026, 10, 30), 6)).toBe("2027-05-30");
    expect(inMonths(new Date(2026, 7, 31), 6)).toBe("2027-02-28");
  });
  it("begins where it begins for the reader, and knows what is no day", () => {
    expect(startOf("2027-05-30")).toBe(new Date(2027, 4, 30).toISOString());
    expect([startOf("2027-02-30"), startOf("30.05.2027"), startOf("")]).toEqual([null, null, null]);
  });
  it("tells what is left in days, and in hours at the end", () => {
    expect(timeLeft("2026-12-06T13:00:00.000Z", NOW)).toEqual({ unit: "days", count: 6 });
    expect(timeLeft("2026-12-01T13:00:00.000Z", NOW)).toEqual({ unit: "hours", count: 25 });
    expect(timeLeft("2026-11-29T13:00:00.000Z", NOW)).toEqual({ unit: "hours", count: 0 });
  });
});
