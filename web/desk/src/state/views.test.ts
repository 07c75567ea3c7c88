import type { Conversation } from "@tresen/api";
import { describe, expect, it } from "vitest";
import { belongs, byNewest, heldRows, queryOf, rowsOf, type View, VIEWS } from "./views.ts";

const ME = "tmt_me";
const base: Conversation = {
  id: "cnv_1", contact: { id: "con_1", name: "Mehmet Aydın" }, channel_id: "chn_1", channel_kind: "whatsapp",
  address: { kind: "phone", display: "+49 176 040690 11" }, status: "open", assignee: null, subject: null, tags: [],
  unread: 0, last_message: null, last_message_at: "2026-11-24T10:00:00.000Z", reply_window: { state: "none", closes_at: null },
  snoozed_until: null, last_seq: 1, contact_read_seq: 0, team_read_seq: 0, version: 1, restricted_since: null,
};
const one = (change: Partial<Conversation>): Conversation => ({ ...base, ...change });
const at = (hour: number) => `2026-11-24T${String(hour).padStart(2, "0")}:00:00.000Z`;
const viewsOf = (c: Conversation): View[] => VIEWS.filter((view) => belongs(view, c, ME));

describe("views", () => {
  it("place each conversation where people look for it", () => {
    expect(viewsOf(one({}))).toEqual(["queue", "all"]);
    expect(viewsOf(one({ assignee: { id: ME, name: "Aylin" } }))).toEqual(["mine", "all"]);
    expect(viewsOf(one({ assignee: { id: ME, name: "Aylin" }, status: "waiting" }))).toEqual(["mine", "waiting", "all"]);
    expect(viewsOf(one({ assignee: { id: "tmt_other", name: "Tarek" } }))).toEqual(["all"]);
    expect(viewsOf(one({ assignee: { id: ME, name: "Aylin" }, status: "done" }))).toEqual(["done"]);
    expect(viewsOf(one({ status: "snoozed" }))).toEqual(["snoozed", "all"]);
    expect(viewsOf(one({ assignee: { id: ME, name: "Aylin" }, status: "snoozed" }))).toEqual(["snoozed", "all"]);
  });

  it("ask the server for what they show", () => {
    expect(queryOf("mine", "none", null)).toMatchObject({ assignee: "me", status: "open,waiting" });
    expect(queryOf("snoozed", "none", null)).toMatchObject({ status: "snoozed" });
    expect(queryOf("queue", "none", "c1")).toMatchObject({ assignee: "none", status: "open,waiting", cursor: "c1" });
    expect(queryOf("queue", "due", null)).toMatchObject({ status: "open" });
    expect(queryOf("done", "due", null)).toMatchObject({ status: "done" });
  });

  it("order by the newest message and never waver between equals", () => {
    const rows = [one({ id: "cnv_a", last_message_at: at(9) }), one({ id: "cnv_b", last_message_at: at(11) }), one({ id: "cnv_c", last_message_at: at(11) })];
    expect([...rows].sort(byNewest).map((c) => c.id)).toEqual(["cnv_c", "cnv_b", "cnv_a"]);
    expect(rows.toReversed().sort(byNewest).map((c) => c.id)).toEqual(["cnv_c", "cnv_b", "cnv_a"]);
  });

  it("leave out what lies behind the last fetched row: holes would show otherwise", () => {
    const known = [one({ id: "cnv_a", last_message_at: at(8) }), one({ id: "cnv_b", last_message_at: at(10) })];
    expect(rowsOf(known, "queue", "none", ME, at(9)).map((c) => c.id)).toEqual(["cnv_b"]);
    expect(rowsOf(known, "queue", "none", ME, null).map((c) => c.id)).toEqual(["cnv_b", "cnv_a"]);
  });
});

describe("a held list", () => {
  it("keeps its rows and counts what is new", () => {
    expect(heldRows(["a", "b", "c"], ["x", "b", "a", "c", "y"], new Set())).toEqual({ ids: ["a", "b", "c"], held: 2 });
  });
  it("keeps a row that others took away, and drops one the reader finished", () => {
    expect(heldRows(["a", "b", "c"], ["a"], new Set(["c"]))).toEqual({ ids: ["a", "b"], held: 0 });
  });
});
