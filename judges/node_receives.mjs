// kapso, whatsapp-api-js and great-detail verify and parse what the simulator emits.

import { normalizeWebhook, verifySignature } from "@kapso/whatsapp-cloud-api/server";
import { WhatsAppAPI } from "whatsapp-api-js";
import { Client } from "@great-detail/whatsapp";

import {
  ACCESS_TOKEN, ANNA, APP_SECRET, BELA_ID, PHONE_ID, SIM_URL, Score, VERIFY_TOKEN,
  equal, expect, ledger, openWindow, receiver, sim,
} from "./judging.mjs";

const kapso = new Score("kapso receives");
const api = new Score("whatsapp-api-js receives");
const detail = new Score("great-detail receives");

const whatsapp = new WhatsAppAPI({ token: ACCESS_TOKEN, appSecret: APP_SECRET, webhookVerifyToken: VERIFY_TOKEN, v: "v23.0" });
const sdk = new Client();
let events = [];
whatsapp.on.message = (args) => void events.push({ kind: "message", ...args });
whatsapp.on.status = (args) => void events.push({ kind: "status", ...args });

let posts = [];
const { url, close } = await receiver({
  onGet: (query) => whatsapp.get(query),
  onPost: (raw, signature) => void posts.push({ raw, signature }),
});

/** Triggers something, and returns the callbacks that came of it. */
async function caused(trigger) {
  await sim("flush", {});
  posts = [];
  const result = await trigger();
  await sim("flush", {});
  expect(posts.length > 0, "nothing arrived");
  return { posts, result };
}

const parse = (post) => normalizeWebhook(JSON.parse(post.raw));

async function judgedByAll(name, trigger, { message, status, check }) {
  const { posts } = await caused(trigger);
  for (const { raw, signature } of posts) {
    await kapso.check(`${name}: signature`, () => expect(verifySignature({ appSecret: APP_SECRET, rawBody: raw, signatureHeader: signature })));
    await detail.check(`${name}: signature`, async () => {
      const event = await sdk.webhook.eventNotification({
        method: "POST", query: {}, body: raw, headers: { "x-hub-signature-256": signature } });
      await event.verifySignature(APP_SECRET);
    });
  }
  await kapso.check(`${name}: content`, () => {
    const all = posts.map(parse);
    const [messages, statuses] = [all.flatMap((p) => p.messages), all.flatMap((p) => p.statuses)];
    equal([messages.length, statuses.length], [message ? 1 : 0, status ? 1 : 0]);
    equal(all[0].phoneNumberId, PHONE_ID);
    check?.(messages[0] ?? statuses[0], all[0]);
  });
  await api.check(`${name}: handled`, async () => {
    events = [];
    for (const { raw, signature } of posts) await whatsapp.post(JSON.parse(raw), raw, signature);
    equal(events.length, 1);
    equal(events[0].kind, message ? "message" : "status");
    equal(events[0].phoneID, PHONE_ID);
  });
}

const from = (body) => () => sim("inbound", { from: ANNA, ...body });
const inbound = (name, body, check) => judgedByAll(name, from(body), { message: true, check });

async function messages(quoted) {
  await inbound("text", { text: "Grüße 👍 a/b" }, (m, all) => {
    equal(m.text.body, "Grüße 👍 a/b");
    equal([m.from, all.contacts[0].profile.name, m.kapso.direction], [ANNA, "Anna Beispiel", "inbound"]);
  });
  await judgedByAll("user without number", () => sim("inbound", { from: BELA_ID, text: "Hallo" }), {
    message: true, check: (m, all) => equal([m.from, m.fromUserId, all.contacts[0].userId, m.kapso.direction], [undefined, BELA_ID, BELA_ID, "inbound"]) });
  for (const kind of ["image", "video", "audio", "voice", "document", "sticker"]) {
    await inbound(kind, { type: kind }, (m) => {
      const object = m[kind === "voice" ? "audio" : kind];
      expect(object.id && object.mimeType && object.sha256, JSON.stringify(m));
    });
  }
  await inbound("location", { type: "location" }, (m) => equal(m.location.latitude, 52.5163));
  await inbound("contacts", { type: "contacts" }, (m) => equal(m.contacts[0].name.firstName, "Berta"));
  await inbound("reaction", { reaction: { message_id: quoted, emoji: "👍" } }, (m) => equal(m.reaction.emoji, "👍"));
  await inbound("reaction removed", { reaction: { message_id: quoted, emoji: null } }, (m) => equal(m.reaction.emoji, undefined));
  await inbound("button reply", { interactive: { type: "button_reply", button_reply: { id: "ja", title: "Ja" } } }, (m) => equal(m.interactive.buttonReply.id, "ja"));
  await inbound("list reply", { interactive: { type: "list_reply", list_reply: { id: "t", title: "Di", description: "10" } } }, (m) => equal(m.interactive.listReply.id, "t"));
  await inbound("flow reply", { interactive: { type: "nfm_reply", nfm_reply: { name: "flow", body: "Sent", response_json: '{"flow_token":"t","wahl":"Tee"}' } } }, (m) => equal(m.kapso.flowResponse.wahl, "Tee"));
  await inbound("template button", { button: { payload: "p", text: "Passt" } }, (m) => equal(m.button.payload, "p"));
  await inbound("order", { order: { catalog_id: "1", text: "bitte", product_items: [{ product_retailer_id: "s", quantity: 1, item_price: 9.5, currency: "EUR" }] } }, (m) => equal(m.kapso.orderText, "bitte"));
  await inbound("quote", { text: "dazu", reply_to: quoted }, (m) => equal(m.context.id, quoted));
  await inbound("edit", { edit: { original_message_id: quoted, message: { type: "text", text: { body: "neu" } } } }, (m) => equal(m.edit.originalMessageId, quoted));
  await inbound("revoke", { revoke: { original_message_id: quoted } }, (m) => equal(m.revoke.originalMessageId, quoted));
  await inbound("unsupported", { type: "unsupported" }, (m) => equal(m.errors[0].code, 131051));
  await judgedByAll("new number", () => sim("users/usr_anna/change", { phone: "4917139200009", user_id: "DE.13491208655300001" }), {
    message: true, check: (m) => equal([m.system.type, m.system.waId], ["user_changed_number", "4917139200009"]) });
  await sim("users", { key: "usr_anna", phone: ANNA });
}

async function statuses() {
  await sim("status", { auto: false });
  const send = async (opaque) => {
    const answer = await fetch(`${SIM_URL}/v24.0/${PHONE_ID}/messages`, {
      method: "POST", headers: { "content-type": "application/json", authorization: `Bearer ${ACCESS_TOKEN}` },
      body: JSON.stringify({ messaging_product: "whatsapp", to: ANNA, type: "text", text: { body: "x" }, biz_opaque_callback_data: opaque }) });
    return (await answer.json()).messages[0].id;
  };
  const id = await send("m:9");
  for (const status of ["sent", "delivered", "read", "played"]) {
    await judgedByAll(`status ${status}`, () => sim(`messages/${id}/status`, { status }), {
      status: true, check: (s) => equal([s.id, s.status, s.bizOpaqueCallbackData, s.pricing.pricingModel], [id, status, "m:9", "PMP"]) });
  }
  await judgedByAll("status failed", () => sim(`messages/${id}/status`, { status: "failed", code: 131026 }), {
    status: true, check: (s, all) => equal([s.errors[0].code, all.contacts.length], [131026, 0]) });
}

async function batches() {
  const many = Array.from({ length: 1000 }, (_, n) => ({ from: ANNA, text: `Nachricht ${n}` }));
  const wanted = many.map((item) => item.text);
  for (const shape of ["value", "changes", "entries"]) {
    await sim("faults", { reset: true, batch: 1000, batch_shape: shape });
    const { posts } = await caused(() => sim("inbound", { messages: many }));
    await kapso.check(`1,000 messages, one callback, shape ${shape}`, () => {
      equal(posts.length, 1);
      equal(parse(posts[0]).messages.map((m) => m.text.body), wanted);
      expect(verifySignature({ appSecret: APP_SECRET, rawBody: posts[0].raw, signatureHeader: posts[0].signature }));
    });
  }
  await sim("faults", { reset: true, batch: 7, reorder: true, duplicate: 1, duplicate_items: 1 });
  const { posts } = await caused(() => sim("inbound", { messages: many.slice(0, 100) }));
  await kapso.check("shuffled and repeated, nothing is lost", () => {
    const texts = posts.map(parse).flatMap((p) => p.messages.map((m) => m.text.body));
    equal(texts.length, 400);
    equal([...new Set(texts)].sort(), wanted.slice(0, 100).sort());
    expect(JSON.stringify(texts) !== JSON.stringify([...texts].sort()), "the order is shuffled");
  });
  await sim("faults", { reset: true });
}

async function otherFields() {
  const { posts } = await caused(() => sim("users/usr_anna/marketing", { value: "stop" }));
  await kapso.check("marketing stop", () => equal(parse(posts[0]).raw.userPreferences[0].userPreferences[0].value, "stop"));
  const template = await caused(() => sim("templates/hello_world", { status: "paused" }));
  await kapso.check("template paused", () => equal(parse(template.posts[0]).raw.messageTemplateStatusUpdate[0].event, "PAUSED"));
  const echo = await caused(() => sim("events", { field: "smb_message_echoes", value: { messaging_product: "whatsapp",
    metadata: true, message_echoes: [{ from: "493023125001", to: ANNA, id: "wamid.E1", timestamp: "1795300000", type: "text", text: { body: "Hi" } }] } }));
  await kapso.check("echo is outbound", () => equal(parse(echo.posts[0]).messages[0].kapso.direction, "outbound"));
}

async function signatures() {
  const { posts } = await caused(from({ text: "Grüße" }));
  const { raw, signature } = posts[0];
  const tampered = raw.replace("Hallo", "Hello").replace("text", "text ");
  await kapso.check("a changed body is refused", () => expect(!verifySignature({ appSecret: APP_SECRET, rawBody: tampered, signatureHeader: signature })));
  await api.check("a changed body is refused", async () => {
    try {
      await whatsapp.post(JSON.parse(raw), tampered, signature);
    } catch {
      return;
    }
    throw new Error("taken");
  });
  await kapso.check("every callback was acknowledged", async () => {
    const states = new Set((await ledger()).callbacks.map((c) => c.state));
    equal([...states], ["acknowledged"]);
  });
}

await api.check("handshake", () => sim("numbers", { webhook_url: url, verify_token: VERIFY_TOKEN }));
await api.check("handshake with a wrong token", async () => {
  try {
    await sim("numbers", { webhook_url: url, verify_token: "wrong" });
  } catch (error) {
    return expect(String(error).includes("403"), error);
  }
  throw new Error("taken");
});
const quoted = await openWindow();
await messages(quoted);
await statuses();
await batches();
await otherFields();
await signatures();
close();
process.exit([kapso, api, detail].map((score) => score.finish()).some(Boolean) ? 1 : 0);
