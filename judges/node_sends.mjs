// kapso, whatsapp-api-js and great-detail send to the simulator through their documented options:
// a base URL, a fetch, a URL prefix.

import { GraphApiError, WhatsAppClient } from "@kapso/whatsapp-cloud-api";
import { WhatsAppAPI } from "whatsapp-api-js";
import * as m from "whatsapp-api-js/messages";
import { Client } from "@great-detail/whatsapp";

import {
  ACCESS_TOKEN, ANNA, APP_SECRET, BELA_ID, PHONE_ID, PNG, SHOP, SIM_URL, Score, VERIFY_TOKEN, WABA_ID,
  equal, expect, ledger, openWindow, sim,
} from "./judging.mjs";

async function kapso(quoted) {
  const score = new Score("kapso sends");
  const client = new WhatsAppClient({ accessToken: ACCESS_TOKEN, baseUrl: SIM_URL, graphVersion: "v24.0" });
  const base = { phoneNumberId: PHONE_ID, to: ANNA };
  const sent = (name, action) =>
    score.check(name, async () => {
      const answer = await action();
      expect(answer.messages[0].id.startsWith("wamid."), JSON.stringify(answer));
      return answer;
    });
  const refused = (name, code, category, action) =>
    score.check(name, async () => {
      try {
        await action();
      } catch (error) {
        expect(error instanceof GraphApiError, error);
        return equal([error.code, error.category], [code, category]);
      }
      throw new Error("not refused");
    });
  const messages = client.messages;

  await sent("text", () => messages.sendText({ ...base, body: "Grüße 👍", bizOpaqueCallbackData: "m:1" }));
  const bsuid = await sent("text to a user id", () =>
    messages.sendText({ phoneNumberId: PHONE_ID, recipient: BELA_ID, body: "Hallo" }));
  await score.check("user id in the answer", () => equal(bsuid.contacts[0].userId, BELA_ID));
  await sent("quote", () => messages.sendText({ ...base, body: "Dazu", contextMessageId: quoted }));
  for (const kind of ["Image", "Video", "Document"]) {
    const object = { link: `${SHOP}/a.bin`, caption: "Text" };
    await sent(kind, () => messages[`send${kind}`]({ ...base, [kind.toLowerCase()]: object }));
  }
  await sent("voice", () => messages.sendAudio({ ...base, audio: { link: `${SHOP}/a.ogg`, voice: true } }));
  await sent("sticker", () => messages.sendSticker({ ...base, sticker: { link: `${SHOP}/a.webp` } }));
  await sent("location", () => messages.sendLocation({ ...base, location: { latitude: 52.5, longitude: 13.4 } }));
  await sent("contacts", () => messages.sendContacts({ ...base, contacts: [
    { name: { formattedName: "B. Beispiel", firstName: "B." }, phones: [{ phone: "+49 30 23125 099" }] }] }));
  await sent("reaction", () => messages.sendReaction({ ...base, reaction: { messageId: quoted, emoji: "👍" } }));
  await sent("reaction removed", () => messages.sendReaction({ ...base, reaction: { messageId: quoted, emoji: "" } }));
  await sent("buttons", () => messages.sendInteractiveButtons({
    ...base, bodyText: "Passt?", footerText: "F", header: { type: "text", text: "Termin" },
    buttons: [{ id: "ja", title: "Ja" }, { id: "nein", title: "Nein" }] }));
  await sent("list", () => messages.sendInteractiveList({
    ...base, bodyText: "Wann?", buttonText: "Termine",
    sections: [{ title: "Woche", rows: [{ id: "t1", title: "Di 10:00", description: "Raum 1" }] }] }));
  await sent("link button", () => messages.sendInteractiveCtaUrl({
    ...base, bodyText: "Hier", parameters: { displayText: "Laden", url: SHOP } }));
  await sent("flow", () => messages.sendInteractiveFlow({
    ...base, bodyText: "Formular", parameters: { flowId: "1", flowCta: "Start", flowToken: "t",
      flowAction: "navigate", flowActionPayload: { screen: "A" } } }));
  await sent("location request", () => messages.sendInteractiveLocationRequest({
    ...base, bodyText: "Wo?", parameters: { requestMessage: "Wo?" } }));
  await sent("product", () => messages.sendInteractiveProduct({ ...base, bodyText: "Tee", catalogId: "1", productRetailerId: "s" }));
  await sent("products", () => messages.sendInteractiveProductList({
    ...base, bodyText: "Tee", header: { type: "text", text: "Angebot" }, catalogId: "1",
    sections: [{ title: "Tee", productItems: [{ productRetailerId: "s" }] }] }));
  await sent("carousel", () => messages.sendInteractiveCarousel({
    ...base, bodyText: "Karten", cards: [0, 1].map((cardIndex) => ({ cardIndex, bodyText: "Karte",
      header: { type: "image", image: { link: `${SHOP}/a.jpg` } }, action: { displayText: "Öffnen", url: SHOP } })) }));
  await sent("template", () => messages.sendTemplate({ ...base, template: {
    name: "terminerinnerung", language: { code: "de" }, components: [
      { type: "body", parameters: [{ type: "text", text: "Frau B." }, { type: "text", text: "Dienstag" }] }] } }));
  await score.check("read and typing", async () =>
    equal((await messages.markRead({ phoneNumberId: PHONE_ID, messageId: quoted, typingIndicator: { type: "text" } })).success, true));

  const uploaded = await score.check("upload", () =>
    client.media.upload({ phoneNumberId: PHONE_ID, type: "image/png", file: PNG, fileName: "p.png" }));
  await score.check("media", async () => equal((await client.media.get({ mediaId: uploaded.id })).mimeType, "image/png"));
  await score.check("download", async () => {
    const bytes = await client.media.download({ mediaId: uploaded.id, auth: "always" });
    expect(Buffer.from(bytes).equals(PNG), "other bytes");
  });
  await score.check("image by id", () => messages.sendImage({ ...base, image: { id: uploaded.id } }));
  await score.check("delete", async () => equal((await client.media.delete({ mediaId: uploaded.id })).success, true));
  await score.check("templates", async () => {
    const page = await client.templates.list({ businessAccountId: WABA_ID, limit: 4 });
    equal(page.data.length, 4);
    const next = await client.templates.list({ businessAccountId: WABA_ID, limit: 4, after: page.paging.cursors.after });
    expect(next.data[0].id !== page.data[0].id, "the cursor moves");
  });
  await score.check("profile", async () => {
    await client.phoneNumbers.businessProfile.update({ phoneNumberId: PHONE_ID, about: "Tee" });
    equal((await client.phoneNumbers.businessProfile.get({ phoneNumberId: PHONE_ID })).data[0].about, "Tee");
  });
  await refused("too long text", 100, "parameter", () => messages.sendText({ ...base, body: "x".repeat(4097) }));
  await refused("unknown template", 132001, "template", () =>
    messages.sendTemplate({ ...base, template: { name: "gibt_es_nicht", language: { code: "de" } } }));
  await sim("status", { answer_codes: [131047] });
  await refused("closed window", 131047, "reengagementWindow", () => messages.sendText({ ...base, to: "4917139200003", body: "x" }));
  await sim("faults", { http_429: 1 });
  await refused("429", 4, "throttling", () => messages.sendText({ ...base, body: "x" }));
  await sim("faults", { http_503: 1 });
  await refused("503", 131016, "server", () => messages.sendText({ ...base, body: "x" }));
  await sim("faults", { revoke_token: true });
  await refused("revoked token", 190, "authorization", () => messages.sendText({ ...base, body: "x" }));
  await sim("faults", { restore_token: true });
  return score.finish();
}

async function whatsappApiJs(quoted) {
  const score = new Score("whatsapp-api-js sends");
  const toSimulator = (url, init) => fetch(String(url).replace("https://graph.facebook.com", SIM_URL), init);
  const api = new WhatsAppAPI({ token: ACCESS_TOKEN, appSecret: APP_SECRET, webhookVerifyToken: VERIFY_TOKEN,
    v: "v23.0", ponyfill: { fetch: toSimulator } });
  const sent = (name, message, context, to = { phone: ANNA }) =>
    score.check(name, async () => {
      const answer = await api.sendMessage(PHONE_ID, to, message, context, "m:2");
      expect(answer.messages?.[0]?.id?.startsWith("wamid."), JSON.stringify(answer));
    });

  await sent("text", new m.Text("Grüße 👍", true));
  await sent("text to a user id", new m.Text("Hallo"), undefined, { bsuid: BELA_ID });
  await sent("quote", new m.Text("Dazu"), quoted);
  await sent("image", new m.Image(`${SHOP}/a.jpg`, false, "Bild"));
  await sent("video", new m.Video(`${SHOP}/a.mp4`));
  await sent("document", new m.Document(`${SHOP}/a.pdf`, false, "PDF", "a.pdf"));
  await sent("voice", new m.Audio(`${SHOP}/a.ogg`, false, true));
  await sent("sticker", new m.Sticker(`${SHOP}/a.webp`));
  await sent("location", new m.Location(13.4, 52.5, "Laden", "Am Platz 1"));
  await sent("contacts", new m.Contacts([new m.Name("B. Beispiel", "B."), new m.Phone("+49 30 23125 099", "WORK")]));
  await sent("reaction", new m.Reaction(quoted, "👍"));
  await sent("reaction removed", new m.Reaction(quoted));
  const body = new m.Body("Bitte wählen");
  await sent("buttons", new m.Interactive(new m.ActionButtons(new m.Button("ja", "Ja")), body, new m.Header("Kopf"), new m.Footer("F")));
  await sent("list", new m.Interactive(new m.ActionList("Termine", new m.ListSection("Woche", new m.Row("t1", "Di", "10 Uhr"))), body));
  await sent("link button", new m.Interactive(new m.ActionCTA("Laden", SHOP), body));
  await sent("location request", new m.Interactive(new m.ActionLocation(), body));
  await sent("contact request", new m.Interactive(new m.ActionContactRequest(), body));
  await sent("call permission", new m.Interactive(new m.ActionCallPermission(), body));
  await sent("flow", new m.Interactive(new m.ActionNavigateFlow("t", "1", "Start", "A", { feld: 1 }), body));
  await sent("product", new m.Interactive(new m.ActionProduct(new m.CatalogProduct("s", "1")), body));
  await sent("template", new m.Template("terminerinnerung", new m.Language("de"),
    new m.BodyComponent(new m.BodyParameter("Frau B."), new m.BodyParameter("Dienstag"))));
  await sent("template with link", new m.Template("versand_status", new m.Language("de"),
    new m.HeaderComponent(new m.HeaderParameter("Haus A", "laden")),
    new m.BodyComponent(new m.BodyParameter("4711", "nummer"), new m.BodyParameter("Dienstag", "tag")),
    new m.URLComponent("4711")));
  await score.check("read and typing", async () => equal((await api.markAsRead(PHONE_ID, quoted, "text")).success, true));
  await score.check("media", async () => {
    const form = new FormData();
    form.set("file", new Blob([PNG], { type: "image/png" }), "p.png");
    const { id } = await api.uploadMedia(PHONE_ID, form);
    const { url } = await api.retrieveMedia(id);
    const bytes = Buffer.from(await (await api.fetchMedia(url)).arrayBuffer());
    expect(bytes.equals(PNG), "other bytes");
    equal((await api.deleteMedia(id)).success, true);
  });
  await score.check("short links", async () => {
    const { code } = await api.createQR(PHONE_ID, "Hallo", "svg");
    equal((await api.updateQR(PHONE_ID, code, "Tag")).prefilled_message, "Tag");
    equal((await api.retrieveQR(PHONE_ID, code)).data[0].prefilled_message, "Tag");
    equal((await api.deleteQR(PHONE_ID, code)).success, true);
  });
  await score.check("block", async () => {
    const answer = await api.blockUser(PHONE_ID, { phone: ANNA });
    equal(answer.block_users.added_users.length, 1);
    equal((await api.unblockUser(PHONE_ID, { phone: ANNA })).block_users.removed_users.length, 1);
  });
  await score.check("refusals are error objects", async () => {
    const answer = await api.sendMessage(PHONE_ID, { phone: ANNA }, new m.Template("herbstaktion", new m.Language("de")));
    equal(answer.error.code, 132015);
  });
  return score.finish();
}

async function greatDetail(quoted) {
  const score = new Score("great-detail sends");
  const sdk = new Client({ prefixUrl: SIM_URL, request: { headers: { Authorization: `Bearer ${ACCESS_TOKEN}` }, retry: 0 } });
  const message = (body) => sdk.message.createMessage({ phoneNumberID: PHONE_ID, to: ANNA, ...body }).json();
  const sent = (name, body) =>
    score.check(name, async () => expect((await message(body)).messages[0].id.startsWith("wamid."), "no id"));

  await sent("text", { type: "text", text: { body: "Hallo" } });
  await sent("image", { type: "image", image: { link: `${SHOP}/a.jpg` } });
  await sent("template", { type: "template", template: { name: "hello_world", language: { code: "en_US" } } });
  await score.check("path and version", async () => equal((await ledger()).requests.at(-1).path, `/v23.0/${PHONE_ID}/messages`));
  await score.check("read", async () => equal((await sdk.message.createStatus({
    phoneNumberID: PHONE_ID, message_id: quoted, status: "read", typing_indicator: { type: "text" } }).json()).success, true));
  await score.check("upload and url", async () => {
    const file = new Blob([PNG], { type: "image/png" });
    const { id } = await sdk.media.upload({ phoneNumberID: PHONE_ID, file, filename: "p.png", mimeType: "image/png" }).json();
    equal((await sdk.media.getURL({ mediaID: id }).json()).file_size, PNG.length);
    equal((await sdk.media.delete({ mediaID: id }).json()).success, true);
  });
  await score.check("numbers", async () => equal((await sdk.phoneNumbers.listPhoneNumbers({ businessAccountID: WABA_ID }).json()).data[0].id, PHONE_ID));
  await score.check("number", async () => equal((await sdk.phoneNumbers.getPhoneNumber({ phoneNumberID: PHONE_ID }).json()).id, PHONE_ID));
  await score.check("templates", async () => equal((await sdk.template.list(WABA_ID, { status: "PAUSED" }).json()).data[0].name, "herbstaktion"));
  await score.check("profile", async () => {
    await sdk.businessProfile.updateBusinessProfile({ phoneNumberID: PHONE_ID, about: "Tee" }).json();
    equal((await sdk.businessProfile.getBusinessProfile({ phoneNumberID: PHONE_ID, fields: ["about"] }).json()).data[0].about, "Tee");
  });
  await score.check("subscriptions", async () => equal((await sdk.subscribedApps.listSubscriptions({ businessAccountID: WABA_ID }).json()).data.length, 1));
  await score.check("account", async () => equal((await sdk.whatsappBusinessAccount.get(WABA_ID).json()).id, WABA_ID));
  await score.check("refusals have the status", async () => {
    try {
      await message({ type: "text", text: { body: "x".repeat(4097) } });
    } catch (error) {
      return equal([error.response.status, (await error.response.json()).error.code], [400, 100]);
    }
    throw new Error("not refused");
  });
  return score.finish();
}

await sim("limits", { pair_interval_ms: 0 });
const quoted = await openWindow();
await openWindow(BELA_ID);
let failed = 0;
for (const judge of [kapso, whatsappApiJs, greatDetail]) failed += await judge(quoted);
process.exit(failed > 0 ? 1 : 0);
