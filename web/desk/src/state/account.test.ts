import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { CompanyFacts, Conversation, LiveEvent, Message } from "@tresen/api";
import { describe, expect, it } from "vitest";
import { callsFor } from "./alerts.ts";
import { changesOf } from "./company.ts";
import { ALL_ROLES, roleHas, rolesToGive } from "./rights.ts";

describe("roles", () => {
  it("follow the server's table", () => {
    expect(ALL_ROLES.filter((role) => roleHas(role, "converse"))).toEqual(["owner", "lead", "teammate"]);
    expect(ALL_ROLES.filter((role) => roleHas(role, "manage"))).toEqual(["owner", "admin"]);
    expect(ALL_ROLES.filter((role) => !roleHas(role, "read-team"))).toEqual(["works_council"]);
  });
  it("are given to others only, and owners only by owners", () => {
    const owner = { id: "1", role: "owner" } as const;
    const admin = { id: "2", role: "admin" } as const;
    const mate = { id: "3", role: "teammate" } as const;
    expect(rolesToGive(owner, owner)).toEqual([]);
    expect(rolesToGive(owner, admin)).toEqual(ALL_ROLES);
    expect(rolesToGive(admin, owner)).toEqual([]);
    expect(rolesToGive(admin, mate)).not.toContain("owner");
    expect(rolesToGive(mate, admin)).toEqual([]);
  });
});

describe("the company's page", () => {
  const facts: CompanyFacts = { name: "Bergmann", country: "DE", imprint_url: null, privacy: { controller: "Bergmann GmbH", contact_email: "datenschutz@bergmann.example", retention_days: 90 } };
  it("tells only what changed", () => {
    expect(changesOf(facts, structuredClone(facts))).toBeNull();
    expect(changesOf(facts, { ...facts, name: " Bergmann Leipzig " })).toEqual({ name: "Bergmann Leipzig" });
    expect(changesOf(facts, { ...facts, country: null, privacy: { ...facts.privacy, retention_days: 30 } })).toEqual({ country: "", privacy: { retention_days: 30 } });
  });

  const file = (path: string) => readFileSync(fileURLToPath(new URL(`../../../../${path}`, import.meta.url)), "utf8");
  it.each(["de", "en"])("shows the very words customers read (%s)", (language) => {
    const desk = JSON.parse(file(`web/packages/i18n/catalogues/desk.${language}.json`)) as Record<string, string & Record<string, string>>;
    const chat = JSON.parse(file(`web/packages/i18n/catalogues/chat.${language}.json`)) as Record<string, string>;
    const notice = file(`crates/i18n/locales/${language}/notice.ftl`).replace(/\{ \$(\w+) \}/g, "{$1}").replaceAll("{retention_days}", "{count}").replaceAll("{contact_email}", "{email}");
    expect(desk["desk.notice.who"]).toBe(chat["chat.notice.who"]);
    for (const form of Object.values(desk["desk.notice.summary"] ?? {})) expect(notice).toContain(form);
    expect(notice).toContain(`${desk["desk.notice.responsible"]}\n    {controller}\n    ${desk["desk.notice.questions"]}`);
  });
});

describe("a call back to the desk", () => {
  const now = Date.parse("2026-11-24T10:00:00Z");
  const event = (id: string, assignee: string | null, change: { direction?: string; at?: string; kind?: LiveEvent["kind"] } = {}): LiveEvent => ({
    seq: 1, at: change.at ?? "2026-11-24T09:59:50Z", kind: change.kind ?? "message.created", conversation_id: id,
    conversation: { id, assignee: assignee ? { id: assignee, name: "x" } : null } as Conversation,
    item: { type: "message", direction: change.direction ?? "inbound" } as Message,
  });
  const calls = (...events: LiveEvent[]) => callsFor(events, () => undefined, "me", now);
  it("comes from contacts, in own and unassigned conversations, once each", () => {
    expect(calls(event("a", "me"), event("a", "me"), event("b", null), event("c", "other"))).toEqual(["a", "b"]);
    expect(calls(event("a", "me", { direction: "outbound" }), event("b", "me", { kind: "message.updated" }))).toEqual([]);
  });
  it("does not come for what was missed long ago", () => {
    expect(calls(event("a", "me", { at: "2026-11-24T09:30:00Z" }))).toEqual([]);
  });
});
