import { describe, expect, it } from "vitest";
import { isEmojiOnly, linkify } from "./linkify.ts";

const links = (text: string) => linkify(text).filter((segment) => segment.href !== undefined).map(({ text, href }) => [text, href]);

describe("linkify", () => {
  it("gives the whole text back in pieces", () => {
    for (const text of [
      "",
      "ohne Adresse",
      "https://laden.example",
      "Siehe (https://laden.example/a_(b)), danke.\nwww.laden.example! info@laden.example?",
      "<img src=x onerror=alert(1)> https://laden.example/<script>",
    ]) {
      expect(linkify(text).map((segment) => segment.text).join("")).toBe(text);
    }
  });
  it("leaves the sentence's punctuation outside and keeps brackets opened inside", () => {
    expect(links("Mehr (siehe https://laden.example/a_(b)), www.laden.example.")).toEqual([
      ["https://laden.example/a_(b)", "https://laden.example/a_(b)"],
      ["www.laden.example", "https://www.laden.example/"],
    ]);
  });
  it("links mail addresses", () => {
    expect(links("An info@laden.example.")).toEqual([["info@laden.example", "mailto:info@laden.example"]]);
  });
  it("never links scripts, data, files or addresses that pretend to be others", () => {
    for (const text of [
      "javascript:alert(1)",
      "data:text/html,x",
      "file:///etc/passwd",
      "https://bank.example@evil.example/",
      "https://user:pw@evil.example",
      "https://localhost",
      "JaVaScRiPt://laden.example/%0aalert(1)",
    ]) {
      expect(links(text).filter(([, href]) => !href?.startsWith("mailto:")), text).toEqual([]);
    }
  });
  // As long as a message may be; a runaway pattern would meet the runner's own time limit.
  it.each([`${"a.".repeat(3_999)}@`, "https://a".repeat(888), `https://laden.example/${")".repeat(7_900)}`])(
    "loses nothing of hostile text %#",
    (text) => expect(linkify(text).map((part) => part.text).join("")).toBe(text),
  );
});

describe("isEmojiOnly", () => {
  it.each(["👍", "👍🏽", "❤️", "👨‍👩‍👧", "🇩🇪", "😀 😀 😀"])("%s", (text) => expect(isEmojiOnly(text)).toBe(true));
  it.each(["", "123", "#1", "ok 👍", "😀😀😀😀", "…", "*"])("not %s", (text) => expect(isEmojiOnly(text)).toBe(false));
});
