import { describe, expect, it } from "vitest";
import { groupedPhone } from "./phone.ts";

describe("a phone number", () => {
  it.each([
    ["+49 1713 9200 12", "+49 171 392 0012"],
    ["+491760406 9011", "+49 176 0406 9011"],
    ["+493023125123", "+49 30 2312 5123"],
    ["+498999998123", "+49 89 9999 8123"],
    ["+44 1632 960123", "+44 163 296 0123"],
    ["+447700900123", "+44 770 090 0123"],
    ["+1 (202) 555-0123", "+1 202 555 0123"],
  ])("%s is read as %s", (given, shown) => expect(groupedPhone(given)).toBe(shown));
  it("that is none stays as it is", () => {
    for (const text of ["Besucher 4711", "DE.900000000016", "0171 392", "+12"]) expect(groupedPhone(text)).toBe(text);
  });
});
