import { describe, expect, it } from "vitest";
import { addMessages, fill, preferredLanguage, setLanguage, t } from "./translate.svelte.ts";

describe("fill", () => {
  it("fills gaps and writes numbers as the language does", () => {
    expect(fill("de", "{n} von {max} in {ort}", { n: 1284, max: 5, ort: "Leipzig" })).toBe("1.284 von 5 in Leipzig");
    expect(fill("en", "{n} of {max}", { n: 1284, max: 5 })).toBe("1,284 of 5");
  });
  it("chooses the plural form by count", () => {
    const forms = { one: "{count} neue Nachricht", other: "{count} neue Nachrichten" };
    expect(fill("de", forms, { count: 1 })).toBe("1 neue Nachricht");
    expect(fill("de", forms, { count: 0 })).toBe("0 neue Nachrichten");
  });
  it("keeps a gap nobody filled, so that the mistake is seen", () => {
    expect(fill("de", "An {name}")).toBe("An {name}");
    expect(fill("de", undefined)).toBeUndefined();
  });
});

describe("preferredLanguage", () => {
  it("takes the first wish we speak", () => {
    expect(preferredLanguage(["pl-PL", "en-GB", "de"])).toBe("en");
    expect(preferredLanguage(["de-AT"])).toBe("de");
    expect(preferredLanguage(["pl"])).toBeUndefined();
  });
});

describe("messages that come later", () => {
  it("stay when the page's own are set anew, each in its language", () => {
    setLanguage("de", { "desk.retry": "Erneut" });
    addMessages({ "desk.cancel": "Abbrechen" });
    setLanguage("en", { "desk.retry": "Retry" });
    expect(t("desk.cancel")).toBe("desk.cancel");
    setLanguage("de", { "desk.retry": "Noch einmal" });
    expect([t("desk.retry"), t("desk.cancel")]).toEqual(["Noch einmal", "Abbrechen"]);
  });
});
