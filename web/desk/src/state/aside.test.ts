import type { Conversation } from "@tresen/api";
import { describe, expect, it } from "vitest";
import { fieldValue, snoozeChoices, snoozeWords } from "./snooze.ts";
import { hasTag, knownTags, tagOf, toggled } from "./tags.ts";

describe("a conversation put aside", () => {
  const tuesday = new Date(2026, 10, 24, 14, 30);
  it("comes back in an hour, tomorrow, on Monday or in a week, in the morning", () => {
    expect(snoozeChoices(tuesday).map(({ id, at }) => [id, fieldValue(at)])).toEqual([
      ["hour", "2026-11-24T15:30"], ["tomorrow", "2026-11-25T09:00"], ["monday", "2026-11-30T09:00"], ["week", "2026-12-01T09:00"],
    ]);
  });
  it("is offered each moment once", () => {
    expect(snoozeChoices(new Date(2026, 10, 22, 12, 0)).map(({ id }) => id)).toEqual(["hour", "tomorrow", "week"]);
    expect(snoozeChoices(new Date(2026, 10, 23, 12, 0)).map(({ id }) => id)).toEqual(["hour", "tomorrow", "monday"]);
  });
  it("says when in the words of the day", () => {
    const words = (at: Date) => snoozeWords(at, tuesday, "de");
    expect(words(new Date(2026, 10, 24, 16, 0))).toBe("16:00");
    expect(words(new Date(2026, 10, 25, 9, 0))).toBe("morgen, 09:00");
    expect(words(new Date(2026, 10, 30, 9, 0))).toBe("Mo, 09:00");
    expect(words(new Date(2026, 11, 24, 9, 0))).toBe("24.12., 09:00");
  });
});

describe("tags", () => {
  it("are set once, whatever their case", () => {
    expect(toggled(["Rechnung"], "rechnung")).toEqual([]);
    expect(toggled(["Rechnung"], "VIP")).toEqual(["Rechnung", "VIP"]);
    expect(hasTag(["Grün"], "grun")).toBe(false);
  });
  it("are proposed by use", () => {
    const of = (...tags: string[]) => ({ tags }) as Conversation;
    expect(knownTags([of("b", "a"), of("a"), of("c")])).toEqual(["a", "b", "c"]);
  });
  it("are short words", () => {
    expect(tagOf("  offene   Frage ")).toBe("offene Frage");
    expect(tagOf("   ")).toBeNull();
    expect(tagOf("x".repeat(61))).toBeNull();
  });
});
