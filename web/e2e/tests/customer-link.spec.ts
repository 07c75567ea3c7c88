// A customer with nothing but a link: no form, no account, nothing stored before the first tap.
import type { Attachment, Contact, Timeline } from "@tresen/api";
import type { BrowserContext, Page } from "@playwright/test";
import { countActions } from "../src/actions.ts";
import { Customer } from "../src/customer.ts";
import { expect, PHONE, test } from "../src/fixtures.ts";
import { SLUG } from "../src/house.ts";
import { cameraPhoto, recordedVideo, tellsPlace } from "../src/photo.ts";

/** Everything a page can leave on a device. */
async function traces(context: BrowserContext, page: Page): Promise<string[]> {
  const cookies = (await context.cookies()).map(({ name }) => `cookie ${name}`);
  const rest = await page.evaluate(async () => [
    ...Object.keys(localStorage).map((key) => `local storage ${key}`),
    ...Object.keys(sessionStorage).map((key) => `session storage ${key}`),
    ...(await indexedDB.databases()).map(({ name }) => `database ${name}`),
    ...(await caches.keys()).map((key) => `cache ${key}`),
    ...(await navigator.serviceWorker.getRegistrations()).map(({ scope }) => `worker ${scope}`),
  ]);
  return [...cookies, ...rest];
}

// Check: WA-01, IN-01
test("the chat opens without a trace and takes three taps to the first message", async ({ house, open }) => {
  const context = await open(PHONE);
  const actions = await countActions(context);
  const page = await context.newPage();
  const customer = new Customer(page);
  await page.goto(`${house.url}/c/${SLUG}`);
  await expect(page.getByRole("heading", { name: "Bergmann Leipzig" })).toBeVisible();
  await page.waitForLoadState("networkidle");

  await test.step("before the first tap", async () => {
    expect(await traces(context, page)).toEqual([]);
    await expect(page.getByRole("region", { name: "Datenschutz" })).toContainText("Nur Sie und Bergmann lesen hier mit.");
    // The message field is the only thing to fill in.
    expect(await page.locator("input:visible, select:visible, textarea:visible").count()).toBe(1);
  });

  const begun = Date.now();
  await customer.field.tap();
  await page.keyboard.type("Guten Tag, haben Sie morgen geöffnet?");
  await customer.sendButton.tap();
  await expect(customer.marks("angenommen")).toHaveCount(1);
  console.log(`        first message: ${actions.taps} taps, accepted ${Date.now() - begun} ms after the first tap`);
  expect(actions.taps).toBeLessThanOrEqual(3);
  expect(actions.keys).toBe(0);

  await test.step("afterwards only the session's cookie, out of reach of scripts", async () => {
    const cookies = await context.cookies();
    expect(cookies.map(({ name, httpOnly, sameSite }) => ({ name, httpOnly, sameSite }))).toEqual([{ name: "tresen_chat", httpOnly: true, sameSite: "Lax" }]);
  });

  await test.step("the notice is on record with its version, and the desk shows it", async () => {
    const [conversation] = await house.conversations();
    const contact = await house.get<Contact>(`/contacts/${conversation?.contact.id}`);
    expect(contact.notices).toHaveLength(1);
    const timeline = await house.get<Timeline>(`/conversations/${conversation?.id}/timeline?from=start`);
    const kinds = timeline.items.map((item) => (item.type === "activity" ? item.kind : item.type));
    expect(kinds.indexOf("notice_shown")).toBeGreaterThanOrEqual(0);
    expect(kinds.indexOf("notice_shown")).toBeLessThan(kinds.indexOf("message"));
    const desk = await open();
    await house.signIn(desk);
    const teammate = await desk.newPage();
    await teammate.goto(`${house.url}/inbox/all/${conversation?.id}`);
    await expect(teammate.getByText(`Datenschutzhinweis angezeigt (Fassung ${contact.notices[0]?.version})`)).toBeVisible();
  });
});

test("a photo arrives smaller and without the place it was taken", async ({ house, customer }) => {
  const phone = await customer();
  const original = await cameraPhoto(phone.page);
  expect(tellsPlace(original)).toBe(true);
  await phone.attach({ name: "schaufenster.jpg", mimeType: "image/jpeg", buffer: original });
  await phone.sendButton.tap();
  await expect(phone.marks("angenommen")).toHaveCount(1);

  const [conversation] = await house.conversations();
  const [message] = await house.messages(conversation?.id ?? "");
  const attachment = message?.attachments[0] as Attachment;
  expect(Math.max(attachment.width ?? 0, attachment.height ?? 0)).toBe(2048);
  const stored = Buffer.from(await house.bytes(attachment.url));
  expect(stored.length).toBeLessThan(1_500_000);
  expect(stored.length).toBeLessThan(original.length);
  expect(tellsPlace(stored)).toBe(false);
});

test("a photo sent past the page loses its place on the server", async ({ house, customer }) => {
  const phone = await customer();
  const { page } = phone;
  await phone.say("Foto folgt");
  const original = await cameraPhoto(page, 800, 600);
  const headers = { "content-type": "image/jpeg", origin: house.url };
  const answer = await page.request.post(`${house.url}/chat/v1/attachments?name=foto.jpg`, { data: original, headers });
  expect(answer.status()).toBe(201);
  const { url } = (await answer.json()) as Attachment;
  const stored = await page.request.get(`${house.url}${url}`);
  expect(stored.status()).toBe(200);
  expect(tellsPlace(await stored.body())).toBe(false);
});

test("an address that leads nowhere says so", async ({ customer, watch }) => {
  watch.tolerate(/404/);
  const { page } = await customer({ path: "/c/gibt-es-nicht" });
  await expect(page.getByRole("heading", { name: "Diesen Chat gibt es nicht" })).toBeVisible();
});

test("a voice note, a video and a document arrive as what they are", async ({ house, customer, desk }) => {
  const phone = await customer();
  const { page } = phone;
  await phone.say("Es folgt einiges");
  await page.getByRole("button", { name: "Sprachnachricht aufnehmen" }).tap();
  await expect(page.getByText("Aufnahme läuft")).toBeVisible();
  await expect(page.getByText("0:01")).toBeVisible();
  await page.getByRole("button", { name: "Aufnahme beenden und anhören" }).tap();
  await phone.sendButton.tap();
  await expect(phone.marks("angenommen")).toHaveCount(2);

  const video = await recordedVideo(page);
  await phone.attach({ name: "rundgang.webm", mimeType: "video/webm", buffer: video });
  await phone.sendButton.tap();
  await expect(phone.marks("angenommen")).toHaveCount(3);
  const pdf = Buffer.from("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n");
  await phone.attach({ name: "Rechnung März.pdf", mimeType: "application/pdf", buffer: pdf });
  await phone.sendButton.tap();
  await expect(phone.marks("angenommen")).toHaveCount(4);

  const [conversation] = await house.conversations();
  const sent = (await house.messages(conversation?.id ?? "")).flatMap((message) => message.attachments);
  expect(sent.map(({ kind }) => kind)).toEqual(["voice", "video", "file"]);
  expect(sent[2]?.name).toBe("Rechnung März.pdf");
  expect(Buffer.from(await house.bytes(sent[1]?.url ?? ""))).toEqual(video);
  expect(Buffer.from(await house.bytes(sent[2]?.url ?? ""))).toEqual(pdf);

  const { timeline } = await desk({ path: `/inbox/queue/${conversation?.id}` });
  await expect(timeline.getByRole("group", { name: "Sprachnachricht" })).toBeVisible();
  await expect(timeline.locator("video")).toHaveCount(1);
  await expect(timeline.getByText("Rechnung März.pdf")).toBeVisible();
});

test("the chat can be put on the home screen", async ({ house, customer }) => {
  const phone = await customer();
  const { page } = phone;
  const link = await page.locator("link[rel=manifest]").getAttribute("href");
  const answer = await page.request.get(new URL(link ?? "", page.url()).href);
  expect(answer.headers()["content-type"]).toContain("application/manifest+json");
  const manifest = (await answer.json()) as { display: string; start_url: string; icons: { src: string; sizes: string; type: string }[] };
  expect(manifest).toMatchObject({ name: "Bergmann Leipzig", display: "standalone" });
  expect(new URL(manifest.start_url, answer.url()).href).toBe(`${house.url}/c/${SLUG}`);
  for (const { src, sizes, type } of manifest.icons) {
    const icon = await page.request.get(new URL(src, answer.url()).href);
    expect([icon.status(), icon.headers()["content-type"]], sizes).toEqual([200, type]);
  }
  expect(manifest.icons.map(({ sizes }) => sizes)).toEqual(expect.arrayContaining(["192x192", "512x512"]));
  // What works without a line is kept only once the customer has begun.
  await phone.say("Ich lege mir das auf den Startbildschirm");
  await expect.poll(() => page.evaluate(async () => (await navigator.serviceWorker.ready).active?.state)).toBe("activated");
});
