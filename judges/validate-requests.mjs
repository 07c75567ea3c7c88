// Judges recorded Graph requests with kapso's zod schemas.
//
//     node judges/validate-requests.mjs [--all-wrong] ledger.json
//
// Every recorded send is turned into the input of kapso's builder, which validates it with zod and
// writes it to the wire; what it writes must equal what was recorded, apart from defaults that may
// be left out. Content kapso cannot express is counted as not judged, never as passed. With
// `--all-wrong` every request must be refused (a test of this judge). The input is
// `GET /_sim/ledger`, or a list of `{method, path, body, files?}`.

import { readFileSync } from "node:fs";

import { WhatsAppClient } from "@kapso/whatsapp-cloud-api";

import { PHONE_ID, Score, equal, expect } from "./judging.mjs";

class NotJudged extends Error {}

let wire;
const client = new WhatsAppClient({
  accessToken: "none",
  baseUrl: "http://127.0.0.1:9",
  fetch: async (url, init) => {
    wire = { url: String(url), body: init.body };
    const answer = { contacts: [], messages: [{ id: "wamid.x" }], id: "1", success: true };
    return new Response(JSON.stringify(answer), { headers: { "content-type": "application/json" } });
  },
});
const messages = client.messages;

const camelKey = (key) => key.replace(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase());

/** Keys as kapso wants them; a reserved payload keeps its own. */
function camel(value) {
  if (Array.isArray(value)) return value.map(camel);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [camelKey(key), camel(inner)]));
}

/** Keys that no builder input has a place for would vanish; they are errors. */
function only(object, keys, where) {
  const odd = Object.keys(object ?? {}).filter((key) => !keys.includes(key));
  expect(odd.length === 0, `${where} has unknown keys ${odd}`);
}

function baseOf(body) {
  only(body, ["messaging_product", "recipient_type", "to", "recipient", "type", "context",
    "biz_opaque_callback_data", body.type ?? "text"], "the request");
  equal(body.messaging_product, "whatsapp");
  return {
    phoneNumberId: PHONE_ID, to: body.to, recipient: body.recipient, recipientType: body.recipient_type,
    contextMessageId: body.context?.message_id, bizOpaqueCallbackData: body.biz_opaque_callback_data,
  };
}

async function send(body) {
  if (body.status !== undefined) {
    only(body, ["messaging_product", "status", "message_id", "typing_indicator"], "the read mark");
    equal([body.messaging_product, body.status], ["whatsapp", "read"]);
    await messages.markRead({ phoneNumberId: PHONE_ID, messageId: body.message_id, typingIndicator: body.typing_indicator });
    return;
  }
  const kind = body.type ?? "text";
  const base = baseOf(body);
  const content = camel(body[kind]);
  expect(content !== undefined, `${kind} is missing`);
  if (kind === "text") return messages.sendText({ ...base, body: content.body, previewUrl: content.previewUrl });
  if (kind === "interactive") return sendInteractive(base, content);
  const senders = { image: "sendImage", video: "sendVideo", document: "sendDocument", audio: "sendAudio",
    sticker: "sendSticker", location: "sendLocation", contacts: "sendContacts", reaction: "sendReaction", template: "sendTemplate" };
  if (senders[kind] === undefined) throw new NotJudged(`type ${kind}`);
  // Components of a template are loose in kapso's schema, so it judges their envelope only.
  return messages[senders[kind]]({ ...base, [kind]: content });
}

function sendInteractive(base, content) {
  const { type, action } = content;
  const shared = { ...base, bodyText: content.body?.text, footerText: content.footer?.text, header: content.header };
  const parameters = action.parameters;
  switch (type) {
    case "button":
      action.buttons.forEach((button) => equal(button.type, "reply"));
      return messages.sendInteractiveButtons({ ...shared, buttons: action.buttons.map((button) => button.reply) });
    case "list":
      return messages.sendInteractiveList({ ...shared, buttonText: action.button, sections: action.sections });
    case "cta_url":
      return messages.sendInteractiveCtaUrl({ ...shared, parameters });
    case "flow":
      return messages.sendInteractiveFlow({ ...shared, parameters });
    case "product":
      return messages.sendInteractiveProduct({ ...shared, ...action });
    case "product_list":
      return messages.sendInteractiveProductList({ ...shared, ...action });
    case "carousel":
      throw new NotJudged("kapso marks every carousel card as cta_url");
    default:
      // kapso wants parameters for requests (location, contact, call) that the platform does not.
      throw new NotJudged(`interactive ${type}`);
  }
}

const DEFAULTS = { preview_url: false, recipient_type: "individual", mode: "published" };

/** Two spellings of one request become equal; nothing else does. */
function canonical(value) {
  if (Array.isArray(value)) return value.map(canonical);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value)
    .filter(([key, inner]) => inner !== undefined && inner !== null && DEFAULTS[key] !== inner)
    .filter(([key, inner]) => !(key === "components" && Array.isArray(inner) && inner.length === 0))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, inner]) => [key, canonical(inner)]);
  return Object.fromEntries(entries);
}

async function judgeUpload({ body, files }) {
  const file = files?.[0] ?? {};
  await client.media.upload({ phoneNumberId: PHONE_ID, type: body.type, messagingProduct: body.messaging_product,
    file: new Blob(["x"], { type: file.mime ?? "" }), fileName: file.filename });
  for (const field of [...Object.keys(body), file.field]) expect(wire.body.has(field), `kapso has no field ${field}`);
  for (const [field] of wire.body) expect(field in body || field === file.field, `${field} is missing`);
}

async function judge(request) {
  if (request.path.endsWith("/media")) return judgeUpload(request);
  if (request.path.endsWith("/marketing_messages")) throw new NotJudged("kapso has no marketing path");
  await send(request.body);
  equal(canonical(request.body), canonical(JSON.parse(wire.body)));
}

function requestsOf(document) {
  const items = Array.isArray(document) ? document : document.requests;
  return items
    .map((item) => ({ method: "POST", path: "/messages", status: 200, ...item }))
    .filter((item) => item.method === "POST" && item.status === 200)
    .filter((item) => /\/(messages|marketing_messages|media)$/.test(item.path));
}

/** Graph reads a null as an absent key. */
function withoutNulls(value) {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== null);
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutNulls(inner)]));
}

async function refuses(request) {
  try {
    await judge(request);
  } catch (error) {
    if (error instanceof NotJudged) throw error;
    return;
  }
  throw new Error("this wrong request was taken");
}

const paths = process.argv.slice(2).filter((argument) => argument !== "--all-wrong");
const allWrong = process.argv.includes("--all-wrong");
if (paths.length !== 1) {
  console.error("usage: node judges/validate-requests.mjs [--all-wrong] ledger.json");
  process.exit(2);
}
const requests = requestsOf(JSON.parse(readFileSync(paths[0], "utf8")));
const score = new Score(allWrong ? "kapso refuses wrong requests" : "kapso validates requests", NotJudged);
let skipped = 0;
for (const [index, raw] of requests.entries()) {
  const request = { ...raw, body: withoutNulls(raw.body) };
  const kind = request.body.type ?? request.body.status;
  const name = `request ${request.seq ?? index + 1} (${kind})`;
  try {
    await score.check(name, () => (allWrong ? refuses : judge)(request));
  } catch (reason) {
    skipped += 1;
    console.log(`not judged by kapso: ${name}: ${reason.message}`);
  }
}
console.log(`kapso: ${requests.length} requests, ${skipped} not judged`);
process.exit(score.finish());
