/** What the documents of a package look like (sections 3 and 7 to 9 of the format). */
import { flag, hex, list, moment, object, one, some, text, whole, word, type Shape } from "./canonical.ts";
import { need } from "./bytes.ts";

const NUMBER_MAX = Number.MAX_SAFE_INTEGER;

export const EVENTS = [
  "requested",
  "challenge_issued",
  "confirmed",
  "refused",
  "lapsed",
  "asserted",
  "used",
  "renewed",
  "outdated",
  "expired",
  "unverified",
  "paused",
  "resumed",
  "objected",
  "withdrawn",
  "invalidated",
] as const;
export type EventWord = (typeof EVENTS)[number];

const STATES = ["none", "requested", "pending", "granted", "refused", "lapsed", "asserted", "outdated", "expired", "unverified", "paused", "withdrawn", "invalidated"];

/** `consent-2026`, `access-2026-11`. */
export const TREE = /^(?:consent|send|erasure|admin)-\d{4}$|^access-\d{4}-(?:0[1-9]|1[0-2])$/;

const tree: Shape = (value, where) => need(typeof value === "string" && TREE.test(value), `${where} is no name of a tree`);

const address: Shape = (value, where) => need(typeof value === "string" && /^sha256:[0-9a-f]{64}$/.test(value), `${where} names no notice`);

export const MANIFEST = object({
  created: moment,
  entries: list(object({ bytes: whole(NUMBER_MAX), path: text, sha256: hex })),
  format: word("tresen-proof"),
  key: text,
  v: one,
});

export const STEP = object({ new: whole(NUMBER_MAX), old: whole(NUMBER_MAX), proof: list(hex), tree });

const PAYLOAD = object({
  channel: text,
  event: word(...EVENTS),
  locale: text,
  notice: address,
  purpose: text,
  subject: text,
  ts: moment,
  v: one,
  "act?": object({ kind: word("checkbox", "button", "text", "spoken", "import"), "words?": text }),
  "actor?": text,
  "challenge?": object({ "answer?": text, id: text, issued: moment, kind: text, token: hex }),
  "clock?": text,
  "evidence?": object({ "callback?": hex, "network?": text, "provider_message?": text, "user_agent?": text }),
  "expires?": moment,
  "explicit?": flag,
  "follows?": hex,
  "from?": word(...STATES),
  "id?": text,
  "identity?": text,
  "provider_ts?": moment,
  "source?": object({ kind: text, value: text }),
  "to?": word(...STATES),
});

export const EVENT = object({
  leaf: object({ commit: hex, kind: text, seq: whole(NUMBER_MAX), tenant: text, ts: moment, v: one }),
  payload: PAYLOAD,
  proof: list(hex),
  salt: hex,
  size: whole(NUMBER_MAX),
  tree,
});

export const NOTICE = object({
  advertiser: some,
  channels: list(text, 1),
  code: some,
  controller: object({ address: some, id: some, name: some }),
  jurisdiction: some,
  legal_basis: some,
  locale: some,
  "min_age?": whole(255),
  product_scope: some,
  purposes: list(object({ code: text, dpv: text, personal_data: list(text) }), 1),
  recipients: list(object({ id: text, name: text }), 1),
  retention: some,
  screens: list(object({ media_type: text, sha256: hex })),
  storage: some,
  text: some,
  transfers: list(object({ basis: text, country: text })),
  v: one,
  validity: some,
  version: whole(4_294_967_295),
  withdrawal: object({ text: some, url: some }),
});

export interface Payload {
  channel: string;
  event: EventWord;
  locale: string;
  notice: string;
  purpose: string;
  subject: string;
  ts: string;
  act?: { kind: string; words?: string };
  actor?: string;
  challenge?: { answer?: string; id: string; issued: string; kind: string; token: string };
  clock?: string;
  evidence?: Record<string, string>;
  expires?: string;
  explicit?: boolean;
  follows?: string;
  from?: string;
  id?: string;
  identity?: string;
  provider_ts?: string;
  source?: { kind: string; value: string };
  to?: string;
}

export interface ProvenEvent {
  leaf: { commit: string; kind: string; seq: number; tenant: string; ts: string };
  payload: Payload;
  proof: string[];
  salt: string;
  size: number;
  tree: string;
}

export interface Notice {
  advertiser: string;
  channels: string[];
  controller: { address: string; id: string; name: string };
  jurisdiction: string;
  legal_basis: string;
  locale: string;
  product_scope: string;
  purposes: { code: string; dpv: string; personal_data: string[] }[];
  recipients: { id: string; name: string }[];
  retention: string;
  screens: { media_type: string; sha256: string }[];
  storage: string;
  text: string;
  validity: string;
  version: number;
  withdrawal: { text: string; url: string };
}

export interface Step {
  new: number;
  old: number;
  proof: string[];
  tree: string;
}
