import { describe, expect, it } from "vitest";
import { answersOf, changedSettings, faultsOfWhatsApp, faultWhileTyping, metaCanReach } from "./whatsapp.ts";

const known = answersOf({ name: "WhatsApp Leipzig", settings: { phone_number_id: "930000000000001", business_account_id: "920000000000001", access_token: true, app_secret: true, verify_token: true, api_base: "https://graph.facebook.com" } });

describe("the WhatsApp form", () => {
  it("wants everything at first, and keeps secrets that are left blank later", () => {
    const empty = answersOf({ name: "", settings: {} });
    expect(faultsOfWhatsApp(empty, null)).toEqual({
      name: "missing", "settings.phone_number_id": "missing", "settings.business_account_id": "missing", "settings.access_token": "missing", "settings.app_secret": "missing",
    });
    expect(faultsOfWhatsApp(known, known)).toEqual({});
    expect(changedSettings(known, known)).toEqual({});
  });
  it("judges numbers while they are typed", () => {
    expect(faultWhileTyping("phone_number_id", "93000a")).toBe("digits");
    expect(faultWhileTyping("phone_number_id", " 93000 ")).toBeNull();
    expect(faultWhileTyping("access_token", "EAAG")).toBeNull();
  });
  it("wants the key again before it goes to another place", () => {
    const moved = { ...known, api_base: "https://gateway.example" };
    expect(faultsOfWhatsApp(moved, known)).toEqual({ "settings.access_token": "token-again" });
    expect(changedSettings({ ...moved, access_token: "EAAG" }, known)).toEqual({ api_base: "https://gateway.example", access_token: "EAAG" });
  });
  it("knows which addresses Meta calls", () => {
    expect(metaCanReach("https://chat.bergmann.example")).toBe(true);
    for (const url of ["http://chat.bergmann.example", "https://localhost:8443", "http://127.0.0.1:8080", ""]) expect(metaCanReach(url)).toBe(false);
  });
});
