// WhatsApp closes for free text 24 hours after the customer's last message. The desk must notice by
// itself, lose no word, and never try what the platform would refuse.
import type { Page } from "@playwright/test";
import type { Conversation } from "@tresen/api";
import { countActions } from "../src/actions.ts";
import { expect, test } from "../src/fixtures.ts";
import type { House } from "../src/house.ts";

const DAY_MS = 24 * 3_600_000;
const MINUTE_MS = 60_000;
const ANNA = "+49 171 39200 01";

async function arrived(house: House): Promise<Conversation> {
  await expect.poll(async () => (await house.conversations()).length, { timeout: 10_000 }).toBeGreaterThan(0);
  const [conversation] = await house.conversations();
  if (!conversation) throw new Error("no conversation");
  return conversation;
}

/** Notes on the page's own clock when the text field goes away. */
function noteReplacement(page: Page): Promise<void> {
  return page.evaluate(() => {
    const field = document.querySelector("section.composer textarea");
    new MutationObserver((_changes, observer) => {
      if (field?.isConnected) return;
      (globalThis as unknown as { replacedAt: number }).replacedAt = Date.now();
      observer.disconnect();
    }).observe(document.body, { childList: true, subtree: true });
  });
}

test("a message comes in, is answered, and the ticks follow the platform", async ({ house, provider, desk }) => {
  await house.connectWhatsApp(provider);
  await provider.write(ANNA, "Ist meine Uhr schon repariert?");
  const conversation = await arrived(house);
  const teammate = await desk({ path: `/inbox/queue/${conversation.id}` });
  await expect(teammate.message("Ist meine Uhr schon repariert?")).toBeVisible();
  // People know each other by number, whatever address the platform prefers.
  await expect(teammate.page.getByText(/WhatsApp · \+49 171 392 0001/)).toBeVisible();
  await expect(teammate.page.getByText(/2[34]:\d\d Std\.$/)).toBeVisible();
  await teammate.reply("Ja, Sie können sie heute abholen.");
  await expect(teammate.marks("zugestellt")).toHaveCount(1);
  const sent = await provider.sent();
  expect(sent.filter(({ type }) => type === "text").map(({ text }) => (text as { body: string }).body)).toEqual(["Ja, Sie können sie heute abholen."]);
});

test("the last hour is amber", async ({ house, provider, open }) => {
  await house.connectWhatsApp(provider);
  await provider.write(ANNA, "Bis wann haben Sie offen?", { agoMs: DAY_MS - 61 * MINUTE_MS });
  const conversation = await arrived(house);
  const context = await open();
  await house.signIn(context);
  const page = await context.newPage();
  await page.clock.install({ time: Date.now() });
  await page.goto(`${house.url}/inbox/queue/${conversation.id}`);
  await expect(page.getByLabel(/^Antwort an/)).toBeVisible();
  const amber = page.getByText(/Noch .* frei schreiben\. Danach nur Vorlagen\./);
  await expect(page.getByTitle("So lange kann noch frei geschrieben werden")).toHaveText(/1:0[01] Std\.$/);
  await expect(amber).toHaveCount(0);
  await page.clock.fastForward("02:00");
  await expect(amber).toBeVisible();
  await expect(amber).toContainText("59");
  await expect(page.getByLabel(/^Antwort an/)).toBeVisible();
});

test("at zero the text becomes a draft, nothing is sent, and a template takes two actions", async ({ house, provider, open }) => {
  await provider.template("antwort_bereit", "Guten Tag, Ihre Antwort liegt bereit. Schreiben Sie uns einfach zurück.");
  await house.connectWhatsApp(provider);
  const LEFT_MS = 9_000;
  await provider.write(ANNA, "Sind Sie noch da?", { agoMs: DAY_MS - LEFT_MS });
  const conversation = await arrived(house);
  const context = await open();
  await house.signIn(context);
  const actions = await countActions(context);
  const page = await context.newPage();
  await page.goto(`${house.url}/inbox/queue/${conversation.id}`);
  await page.getByLabel(/^Antwort an/).click();
  await page.keyboard.type("Wir haben bis 19 Uhr geöffnet, und morgen");
  await noteReplacement(page);
  await expect(page.getByText("Ihr Text ist als Entwurf gesichert.")).toBeVisible({ timeout: LEFT_MS + 5_000 });
  await expect(page.getByLabel(/^Antwort an/)).toHaveCount(0);
  const closesAt = Date.parse((await house.get<Conversation>(`/conversations/${conversation.id}`)).reply_window.closes_at ?? "");
  const lateMs = (await page.evaluate(() => (globalThis as unknown as { replacedAt: number }).replacedAt)) - closesAt;
  console.log(`        the field was replaced ${lateMs} ms after the window shut`);
  expect(lateMs).toBeGreaterThanOrEqual(0);
  expect(lateMs).toBeLessThanOrEqual(500);
  expect(await provider.sent()).toEqual([]);

  await test.step("a template without gaps: choose, send", async () => {
    const before = actions.taps + actions.keys;
    await page.getByRole("button", { name: /Vorlage: antwort bereit/ }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Vorlage senden" }).click();
    expect(actions.taps + actions.keys - before).toBeLessThanOrEqual(2);
    await expect.poll(async () => (await provider.sent()).map(({ type }) => type)).toEqual(["template"]);
    await expect(page.getByRole("log").getByRole("img", { name: "zugestellt" })).toBeVisible();
  });

  await test.step("the customer writes again: the field is back with its text", async () => {
    await provider.write(ANNA, "Danke, und morgen?");
    await expect(page.getByLabel(/^Antwort an/)).toHaveValue("Wir haben bis 19 Uhr geöffnet, und morgen");
  });
});

test("a template with gaps arrives filled", async ({ house, provider, desk }) => {
  await house.connectWhatsApp(provider);
  await provider.write(ANNA, "Wann ist mein Termin?", { agoMs: DAY_MS + MINUTE_MS });
  const conversation = await arrived(house);
  const { page } = await desk({ path: `/inbox/queue/${conversation.id}` });
  await page.getByRole("button", { name: /^Alle \d+ Vorlagen$/ }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: /^terminerinnerung/ }).first().click();
  const gaps = dialog.getByRole("textbox");
  const count = await gaps.count();
  expect(count).toBeGreaterThan(0);
  await dialog.getByRole("button", { name: "Vorlage senden" }).click();
  // An empty gap cannot be sent.
  await expect(dialog).toBeVisible();
  for (let place = 0; place < count; place += 1) await gaps.nth(place).fill(`Wert ${place + 1}`);
  await dialog.getByRole("button", { name: "Vorlage senden" }).click();
  await expect.poll(async () => JSON.stringify(await provider.sent())).toContain("Wert 1");
  const [sent] = await provider.sent();
  expect(sent).toMatchObject({ type: "template", template: { name: "terminerinnerung" } });
});
