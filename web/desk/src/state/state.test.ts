import type { Capabilities, Message, Note, Template } from "@tresen/api";
import type { OutboxEntry } from "@tresen/ui/outbox.ts";
import { describe, expect, it } from "vitest";
import { commandOf, type Pressed } from "./keys.ts";
import { timelineRows } from "./rows.ts";
import { best, fold, marked } from "./search.ts";
import { type Answers, faultsOf, isSlug, passwordStrength, slugOf, stepOf } from "./setup.ts";
import { arrangedTemplates, fileKind, filledTemplate, orderedValues, templateKey } from "./template.ts";
import { shortTime } from "./times.ts";
import { verdictOf } from "./verdict.ts";
import { hoursAndMinutes, minutesAndSeconds, windowLeft } from "./window.ts";

describe("keys", () => {
  const free = { typing: false, covered: false, letters: true };
  const press = (key: string, change: Partial<Pressed> = {}): Pressed => ({
    key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, isComposing: false, getModifierState: () => false, ...change,
  });
  it("are commands outside text fields only", () => {
    expect(commandOf(press("e"), free)).toBe("done");
    expect(commandOf(press("?", { shiftKey: true }), free)).toBe("help");
    expect(commandOf(press("e"), { ...free, typing: true })).toBeNull();
    expect(commandOf(press("e"), { ...free, covered: true })).toBeNull();
    expect(commandOf(press("E", { shiftKey: true }), free)).toBeNull();
  });
  it("take Enter where no text field, dialog or chord wants it", () => {
    expect(commandOf(press("Enter"), free)).toBe("open");
    expect(commandOf(press("Enter"), { ...free, typing: true })).toBeNull();
    expect(commandOf(press("Enter"), { ...free, covered: true })).toBeNull();
    expect(commandOf(press("Enter", { shiftKey: true }), free)).toBeNull();
    expect(commandOf(press("Enter", { ctrlKey: true }), free)).toBeNull();
  });
  it("can be switched off; chords, Enter and F6 stay", () => {
    const off = { ...free, letters: false };
    expect(commandOf(press("Enter"), off)).toBe("open");
    expect(commandOf(press("e"), off)).toBeNull();
    expect(commandOf(press("k", { ctrlKey: true }), off)).toBe("palette");
    expect(commandOf(press("F6", { shiftKey: true }), off)).toBe("previous-region");
  });
  it.each(["@", "€", "{", "[", "ą", "ł", "ğ", "e", "a"])("leave %s typed by AltGr or Option alone", (key) => {
    expect(commandOf(press(key, { ctrlKey: true, altKey: true, getModifierState: (name) => name === "AltGraph" }), free)).toBeNull();
    expect(commandOf(press(key, { altKey: true }), free)).toBeNull();
  });
  it("leave input methods alone", () => {
    expect(commandOf(press("n", { isComposing: true }), free)).toBeNull();
    expect(commandOf(press("Process"), free)).toBeNull();
  });
  it("leave the text field's own undo alone", () => {
    expect(commandOf(press("z", { ctrlKey: true }), { ...free, typing: true })).toBeNull();
    expect(commandOf(press("z", { metaKey: true }), free)).toBe("undo");
  });
});

describe("search", () => {
  const names = ["Sabine Größmann", "Jürgen Müller", "Mehmet Aydın", "Łukasz Wójcik", "Hans Mueller"];
  const find = (query: string) => best(names, query, (name) => name, 5);
  it("does not care for umlauts, however they are spelled", () => {
    expect(find("groessmann")).toEqual(["Sabine Größmann"]);
    expect(find("größ")).toEqual(["Sabine Größmann"]);
    expect(find("mueller")).toEqual(["Jürgen Müller", "Hans Mueller"]);
    expect(find("muller")).toEqual(["Jürgen Müller", "Hans Mueller"]);
    expect(find("aydin")).toEqual(["Mehmet Aydın"]);
    expect(find("lukasz wojcik")).toEqual(["Łukasz Wójcik"]);
  });
  it("wants every word, and puts beginnings of words first", () => {
    expect(find("hans größ")).toEqual([]);
    expect(best(["Unter", "Tom Unterberg", "Munter"], "unter", (s) => s, 2)).toEqual(["Unter", "Tom Unterberg"]);
    expect(fold("ÄÖÜß")).toBe("aeoeuess");
  });
  it("marks whole words in a found text", () => {
    const hits = (text: string, query: string) => marked(text, query).filter((part) => part.hit).map((part) => part.text);
    expect(hits("Die Größe, GROESSE 42!", "größe 42")).toEqual(["Größe", "GROESSE", "42"]);
    expect(hits("Größen und E-Mail", "größe mail")).toEqual(["Mail"]);
    expect(marked("a <b> c", "b").map((part) => part.text).join("")).toBe("a <b> c");
  });
});

describe("the reply window", () => {
  const now = Date.parse("2026-11-24T10:00:00Z");
  it("is none, shut or counts down", () => {
    expect(windowLeft({ state: "none", closes_at: null }, now)).toBeNull();
    expect(windowLeft({ state: "closed", closes_at: "2026-11-24T11:00:00Z" }, now)).toBe(0);
    expect(windowLeft({ state: "open", closes_at: "2026-11-24T10:48:00Z" }, now)).toBe(48 * 60_000);
    expect(windowLeft({ state: "open", closes_at: "2026-11-24T09:59:00Z" }, now)).toBe(0);
  });
  it("never calls the last minute or second zero", () => {
    expect(hoursAndMinutes(47.2 * 60_000)).toBe("0:48");
    expect(hoursAndMinutes(1)).toBe("0:01");
    expect(hoursAndMinutes(22 * 3_600_000 + 14 * 60_000)).toBe("22:14");
    expect(minutesAndSeconds(247_000)).toBe("4:07");
    expect(minutesAndSeconds(1)).toBe("0:01");
  });
});

describe("short times", () => {
  const now = new Date(2026, 10, 24, 12, 0);
  it("say the clock, yesterday, the weekday, the date", () => {
    expect(shortTime(new Date(2026, 10, 24, 9, 5).toISOString(), now, "de")).toBe("09:05");
    expect(shortTime(new Date(2026, 10, 23, 9, 5).toISOString(), now, "de")).toBe("gestern");
    expect(shortTime(new Date(2026, 10, 20, 9, 5).toISOString(), now, "de")).toBe("Fr");
    expect(shortTime(new Date(2026, 1, 3, 9, 5).toISOString(), now, "de")).toBe("03.02.");
    expect(shortTime(new Date(2025, 1, 3, 9, 5).toISOString(), now, "de")).toBe("03.02.25");
  });
});

describe("a channel's verdict on a file", () => {
  const rules: Capabilities["attachments"] = [
    { kind: "image", mimes: ["image/jpeg", "image/png"], max_bytes: 5_000_000 },
    { kind: "audio", mimes: ["audio/ogg", "audio/mp4"], max_bytes: 16_000_000 },
    { kind: "file", mimes: ["application/pdf"], max_bytes: 100_000_000 },
  ];
  it("is decided by the rule of its own kind", () => {
    expect(verdictOf({ type: "image/png", size: 4_000_000 }, rules)).toEqual({ fits: true });
    expect(verdictOf({ type: "image/png", size: 6_000_000 }, rules)).toEqual({ fits: false, why: "size", maxBytes: 5_000_000 });
    expect(verdictOf({ type: "audio/ogg; codecs=opus", size: 1 }, rules)).toEqual({ fits: true });
    expect(verdictOf({ type: "image/heic", size: 1 }, rules)).toMatchObject({ fits: false, why: "type" });
  });
  it("takes anything where anything goes", () => {
    expect(verdictOf({ type: "model/stl", size: 10 }, [{ kind: "file", mimes: ["*/*"], max_bytes: 20 }])).toEqual({ fits: true });
  });
});

describe("templates", () => {
  const template: Template = {
    name: "order", language: "de", category: "utility", buttons: [], body: "Hallo {{1}}, Bestellung {{2}}.", header: "Für {{1}}",
    parameters: [{ where: "header", name: "1" }, { where: "body", name: "1" }, { where: "body", name: "2" }],
  };
  it("show a gap until it is filled", () => {
    const { pieces, header, text } = filledTemplate(template, (p) => (p.where === "body" && p.name === "1" ? " Frau Muster " : ""));
    expect(text).toBe("Hallo Frau Muster, Bestellung {{2}}.");
    expect(header).toBe("Für {{1}}");
    expect(pieces.filter((piece) => piece.gap).map((piece) => piece.text)).toEqual(["{{2}}"]);
  });
  it("stand in the order of use: service first, then the reader's language", () => {
    const named = (name: string, category: string, language: string): Template => ({ ...template, name, category, language });
    const all = [named("werbung", "marketing", "de"), named("code", "authentication", "de"), named("termin", "utility", "en_US"), named("termin", "utility", "de")];
    expect(arrangedTemplates(all, "de").map(templateKey)).toEqual(["termin de", "termin en_US", "werbung de", "code de"]);
  });
  it("want a file where the head has no words", () => {
    const parameter = { where: "header" as const, name: "image" };
    expect(fileKind({ ...template, header: null }, parameter)).toBe("image");
    expect(fileKind(template, parameter)).toBeNull();
    expect(fileKind({ ...template, header: null }, { where: "body", name: "image" })).toBeNull();
  });
  it("hand their values over by place, in order", () => {
    expect(orderedValues(template, (p) => `${p.where}-${p.name}`)).toEqual({ header: ["header-1"], body: ["body-1", "body-2"], buttons: [] });
  });
});

describe("rows of a timeline", () => {
  const message = (seq: number, at: string, change: Partial<Message> = {}): Message => ({
    type: "message", id: `msg_${seq}`, seq, at, direction: "inbound", author: { kind: "contact" }, text: "x", attachments: [], quote: null,
    reactions: [], reaction: null, choices: null, card: null, delivery: null, edited_at: null, deleted_at: null, version: 1, client_id: null, channel_id: "chn_1", ...change,
  });
  const entry = (client_id: string): OutboxEntry => ({
    client_id, queue: "cnv_1", position: 1, created_at: "2026-11-24T10:30:00.000Z", text: "x", files: [], state: "waiting",
  });
  const keys = (items: Parameters<typeof timelineRows>[0], pending: OutboxEntry[] = []) => timelineRows(items, pending, null, () => false).map((row) => row.key);

  it("open a day, mark the first unread, and join a run", () => {
    const rows = timelineRows(
      [message(1, "2026-11-23T10:00:00.000Z"), message(2, "2026-11-24T10:00:00.000Z"), message(3, "2026-11-24T10:01:00.000Z"), message(4, "2026-11-24T10:30:00.000Z")],
      [], 3, () => false,
    );
    expect(rows.map((row) => row.day)).toEqual([true, true, false, false]);
    expect(rows.map((row) => row.fresh)).toEqual([false, false, true, false]);
    expect(rows.map((row) => row.first)).toEqual([true, true, false, true]);
  });
  it("show a message once, whether the feed or the answer came first", () => {
    const sent = message(2, "2026-11-24T10:30:00.000Z", { direction: "outbound", client_id: "abc" });
    expect(keys([message(1, "2026-11-24T10:00:00.000Z")], [entry("abc")])).toEqual(["n1", "abc"]);
    expect(keys([message(1, "2026-11-24T10:00:00.000Z"), sent], [entry("abc")])).toEqual(["n1", "abc"]);
    expect(keys([message(1, "2026-11-24T10:00:00.000Z"), sent])).toEqual(["n1", "abc"]);
  });
  it("never join a note to a message", () => {
    const note: Note = { type: "note", id: "not_1", seq: 2, at: "2026-11-24T10:00:10.000Z", author: { kind: "teammate", id: "tmt_1" }, text: "n" };
    const mine = message(1, "2026-11-24T10:00:00.000Z", { direction: "outbound", author: { kind: "teammate", id: "tmt_1" } });
    expect(timelineRows([mine, note], [], null, () => false).map((row) => row.first)).toEqual([true, true]);
  });
});

describe("the set-up wizard", () => {
  const answers: Answers = {
    company: { name: "Lederwaren Kaya", country: "DE" },
    owner: { name: "Aylin Kaya", email: "aylin@example.com", password: "vier worte sind besser" },
    chat: { slug: "lederwaren-kaya", title: "Lederwaren Kaya" },
    privacy: { controller: "Lederwaren Kaya", contact_email: "datenschutz@example.com", retention_days: 90 },
  };
  it("accepts complete pages and names the field at fault", () => {
    for (const step of ["company", "owner", "chat", "privacy"] as const) expect(faultsOf(step, answers)).toEqual({});
    expect(faultsOf("owner", { ...answers, owner: { name: " ", email: "aylin", password: "kurz" } })).toEqual({
      "owner.name": "missing", "owner.email": "email", "owner.password": "short",
    });
    expect(faultsOf("chat", { ...answers, chat: { title: "x", slug: "Groß" } })).toEqual({ "chat.slug": "slug" });
  });
  it("sends the reader to the page a field of the server's answer belongs to", () => {
    expect(stepOf("owner.email")).toBe("owner");
    expect(stepOf("privacy.contact_email")).toBe("privacy");
    expect(stepOf("token")).toBeNull();
  });
  it.each([["Lederwaren Kaya & Söhne", "lederwaren-kaya-soehne"], ["  Café Łódź ", "cafe-lodz"], ["Straße 12", "strasse-12"], ["Feinkost und Weinhandlung Brandenburger Vorstadt", "feinkost-und-weinhandlung-brandenburger"]])("makes of %s the address %s", (name, slug) => {
    expect(slugOf(name)).toBe(slug);
    expect(isSlug(slug)).toBe(true);
  });
  it("rates a password by length and variety, not by signs", () => {
    expect(passwordStrength("kurz")).toBe(0);
    expect(passwordStrength("aaaaaaaaaaaaaaa")).toBe(1);
    expect(passwordStrength("1234567890")).toBe(1);
    expect(passwordStrength("lederwaren2026", ["Lederwaren"])).toBe(1);
    expect(passwordStrength("Tee&Kanne12")).toBe(2);
    expect(passwordStrength("vier worte sind besser")).toBe(3);
  });
});
