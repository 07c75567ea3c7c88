import { describe, expect, it } from "vitest";
import { folded } from "./fold.ts";

describe("a very long message", () => {
  it("is whole while it is not much too long", () => {
    expect(folded("kurz")).toBeNull();
    expect(folded("x ".repeat(700))).toBeNull();
    expect(folded("Zeile\n".repeat(22))).toBeNull();
  });
  it("ends with a whole word", () => {
    const cut = folded("Portemonnaie ".repeat(200)) ?? "";
    expect(cut.length).toBeLessThanOrEqual(1_203);
    expect(cut).toMatch(/Portemonnaie …$/);
  });
  it("ends after twenty lines", () => {
    expect((folded("Zeile\n".repeat(40)) ?? "").split("\n")).toHaveLength(20);
  });
  it("cuts no character in two", () => {
    expect(folded("👍".repeat(2_000))).toBe(`${"👍".repeat(1_200)} …`);
  });
});
