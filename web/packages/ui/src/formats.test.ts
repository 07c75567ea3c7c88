import { describe, expect, it } from "vitest";
import { byteSize, daysAgo, duration, initials, longDay, stablePlace } from "./formats.ts";

describe("formats", () => {
  it("counts days by the calendar, also over the change to summer time", () => {
    expect(daysAgo(new Date(2026, 2, 28, 23, 59), new Date(2026, 2, 30, 0, 1))).toBe(2);
    expect(daysAgo(new Date(2026, 10, 24, 0, 1), new Date(2026, 10, 24, 23, 59))).toBe(0);
  });
  it("names the year only when it is another one", () => {
    const now = new Date(2026, 10, 24);
    expect(longDay(new Date(2026, 10, 22, 12), "de", now)).toBe("Sonntag, 22. November");
    expect(longDay(new Date(2025, 11, 31, 12), "de", now)).toBe("Mittwoch, 31. Dezember 2025");
    expect(longDay(new Date(2026, 10, 22, 12), "en", now)).toMatch(/Sunday,? 22 November/);
  });
  it("writes sizes and lengths", () => {
    expect(byteSize(999, "de")).toBe("999\u00a0B");
    expect(byteSize(1_440_000, "de")).toBe("1,4\u00a0MB");
    expect(byteSize(1_440_000, "en")).toBe("1.4\u00a0MB");
    expect([duration(7), duration(3725), duration(Infinity)]).toEqual(["0:07", "1:02:05", "0:00"]);
  });
  it("finds initials and a stable colour", () => {
    expect(["Sabine Größmann", "Ölmühle", "Dr. Jan van Petersen", "+49 171 392"].map(initials)).toEqual(["SG", "Ö", "DP", "13"]);
    expect(stablePlace("con_1", 6)).toBe(stablePlace("con_1", 6));
    expect(new Set([...Array(60).keys()].map((i) => stablePlace(`con_${i}`, 6))).size).toBe(6);
  });
});
