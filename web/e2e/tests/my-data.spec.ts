// "My data", as a customer uses it: from the chat's menu or by a link, on a small screen, in both languages.
import type { Page } from "@playwright/test";
import { expectAccessible, expectReflow, smallTargets } from "../src/axe.ts";
import type { Customer } from "../src/customer.ts";
import { expect, test } from "../src/fixtures.ts";

/** Opens the page as somebody does who writes in the chat. */
async function openFromChat(phone: Customer): Promise<Page> {
  await phone.page.getByRole("button", { name: "Einstellungen" }).click();
  const opened = phone.page.context().waitForEvent("page");
  await phone.page.getByRole("link", { name: "Meine Daten" }).click();
  const page = await opened;
  await expect(page.getByRole("heading", { level: 1, name: "Meine Daten bei Bergmann" })).toBeVisible();
  return page;
}

/** The newest code that reached the chat, once it is another one than before. */
async function codeFromChat(phone: Customer, before = ""): Promise<string> {
  const newest = async () => {
    const said = await phone.page.locator(".rows").getByText(/Ihr Code/).allTextContents();
    return /\d{6}/.exec(said.at(-1) ?? "")?.[0] ?? before;
  };
  await expect.poll(newest).not.toBe(before);
  return newest();
}

const look = async (page: Page, path: string) => {
  if (process.env["E2E_LOOK"]) await page.screenshot({ path, fullPage: true });
};

// Check: IN-07, IN-09
test("who reads stands there a moment later, without a name", async ({ house, customer, desk }, info) => {
  const phone = await customer();
  await phone.say("Guten Tag, mein Koffer hat einen Kratzer");
  const [conversation] = await house.conversations();
  const page = await openFromChat(phone);
  const readings = page.getByRole("region", { name: "Wer gelesen hat" });
  await expect(readings.getByText("Bisher hat niemand etwas gelesen.")).toBeVisible();
  const teammate = await desk({ path: `/inbox/queue/${conversation?.id}` });
  await expect(teammate.message("Guten Tag, mein Koffer hat einen Kratzer")).toBeVisible();
  // Nobody loads the page again.
  await expect(readings.getByText(/^Kundenservice \w\d+$/).first()).toBeVisible({ timeout: 5_000 });
  await expect(readings.getByText(/hat Nachrichten gelesen/).first()).toBeVisible();
  await expect(page.getByText(house.owner.name)).toHaveCount(0);
  await look(page, info.outputPath("readings.png"));
});

// Check: WA-04
test("it fits 320 pixels, keeps still, speaks both languages, and can be read without scripts", async ({ customer, open, house }, info) => {
  const phone = await customer();
  await phone.say("Guten Tag");
  const page = await openFromChat(phone);
  await page.emulateMedia({ reducedMotion: "reduce" });
  // 320 pixels are also what is left of 1280 at 400 %.
  for (const width of [320, 390, 1440]) {
    await page.setViewportSize({ width, height: 900 });
    await expectReflow(page, `my data at ${width}`);
    await look(page, info.outputPath(`light-${width}.png`));
  }
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
  expect(await smallTargets(page, 44)).toEqual([]);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await expectAccessible(page, `my data, ${colorScheme}`);
  }
  await look(page, info.outputPath("dark.png"));
  await page.getByRole("button", { name: "English" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "My data at Bergmann" })).toBeVisible();
  await expectAccessible(page, "my data in English");
  await page.setViewportSize({ width: 320, height: 900 });
  await expectReflow(page, "my data in English");
  expect(await page.evaluate(() => document.cookie)).toBe("");

  const quiet = await open({ javaScriptEnabled: false, viewport: { width: 320, height: 900 }, storageState: await phone.page.context().storageState() });
  const plain = await quiet.newPage();
  await plain.goto(`${house.url}/me`);
  await plain.getByRole("link", { name: "Meine Daten als einfache Seite" }).click();
  await expect(plain.getByRole("heading", { level: 1, name: "Ihre Daten bei Bergmann" })).toBeVisible();
  await expect(plain.getByRole("heading", { name: "Wer Ihre Daten gelesen hat" })).toBeVisible();
  await look(plain, info.outputPath("plain.png"));
});

// Check: DS-06
test("a copy and an erasure need a code from the chat, and an erasure can be taken back", async ({ customer, watch }, info) => {
  // A wrong code is answered so.
  watch.tolerate(/status of 422 .*\/me\/v1\/code\/confirm/);
  const phone = await customer();
  await phone.say("Guten Tag, mein Koffer hat einen Kratzer");
  const page = await openFromChat(phone);
  // Put right at once.
  await page.getByRole("button", { name: "Berichtigen" }).click();
  await page.getByLabel("Name").fill("Erika Musterfrau");
  await page.getByRole("button", { name: "Speichern" }).click();
  await expect(page.getByText("Erika Musterfrau")).toBeVisible();

  const field = page.getByLabel("Code", { exact: true });
  await page.getByRole("button", { name: "Kopie anfordern" }).click();
  await page.getByRole("button", { name: "Code senden" }).click();
  const first = await codeFromChat(phone);
  await expect(field).toBeFocused();
  await field.fill(first === "000000" ? "000001" : "000000");
  await page.getByRole("button", { name: "Herunterladen", exact: true }).click();
  await expect(page.getByRole("alert")).toHaveText("Das ist nicht der Code, den wir gesendet haben.");
  await expectAccessible(page, "a wrong code");
  await look(page, info.outputPath("code.png"));
  await field.fill(first);
  const downloaded = page.waitForEvent("download");
  await page.getByRole("button", { name: "Herunterladen", exact: true }).click();
  const file = await downloaded;
  expect(file.suggestedFilename()).toMatch(/^tresen-\d{4}-\d\d-\d\d\.zip$/);
  await expect(page.getByText("Die Kopie ist heruntergeladen.")).toBeVisible();

  await page.getByRole("button", { name: "Alle meine Daten löschen" }).click();
  await expectAccessible(page, "before an erasure");
  await page.getByRole("button", { name: "Code senden" }).click();
  await field.fill(await codeFromChat(phone, first));
  await look(page, info.outputPath("erase.png"));
  await page.getByRole("button", { name: "Löschen beauftragen" }).click();
  await expect(page.getByText("Ihre Daten werden gelöscht.")).toBeVisible();
  await expectAccessible(page, "an erasure that is coming");
  await look(page, info.outputPath("erasing.png"));
  await page.getByRole("button", { name: "Doch nicht löschen" }).click();
  await expect(page.getByText("Ihre Daten werden gelöscht.")).toHaveCount(0);
  await page.getByRole("button", { name: "Seite schließen" }).click();
  await expect(page.getByText("Die Seite ist geschlossen.")).toBeVisible();
});

test("a restriction is set and lifted by the person itself", async ({ customer }, info) => {
  const phone = await customer();
  await phone.say("Guten Tag");
  const page = await openFromChat(phone);
  await page.getByRole("button", { name: "Einschränken", exact: true }).click();
  await page.getByLabel("Ich brauche die Daten für einen Rechtsanspruch.").check();
  await expectAccessible(page, "restricting");
  await look(page, info.outputPath("restrict.png"));
  await page.getByRole("button", { name: "Jetzt einschränken" }).click();
  await expect(page.getByText(/werden Ihre Daten nur noch aufbewahrt/)).toBeVisible();
  await expect(page.getByRole("button", { name: "Alle meine Daten löschen" })).toHaveCount(0);
  await page.getByRole("button", { name: "Einschränkung aufheben" }).click();
  await expect(page.getByRole("button", { name: "Alle meine Daten löschen" })).toBeVisible();
});

test("a teammate sends a link that nobody else can read; it opens by a tap, and once", async ({ house, provider, desk, open, watch }, info) => {
  watch.tolerate(/status of 401 .*\/me\/v1\/session/);
  await house.connectWhatsApp(provider);
  await provider.write("+49 171 39200 01", "Was wissen Sie über mich?");
  await expect.poll(async () => (await house.conversations()).length).toBe(1);
  const [conversation] = await house.conversations();
  const { page: talk } = await desk({ path: `/inbox/queue/${conversation?.id}` });
  const panel = talk.getByRole("complementary", { name: "Kontakt" });
  await panel.getByRole("button", { name: "Link zu „Meine Daten“ senden" }).click();
  await expect(talk.getByText("Der Link ist unterwegs.").first()).toBeVisible();
  await look(talk, info.outputPath("desk.png"));
  await expect(talk.locator("#main").getByText(/\/me#••••••/).first()).toBeVisible();
  const secret = async () => /\/me#(tml_[\w-]+)/.exec(JSON.stringify(await provider.sent()))?.[1] ?? "";
  await expect.poll(secret).not.toBe("");
  const link = `${house.url}/me#${await secret()}`;
  const context = await open({ viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  await page.goto(link);
  await expectAccessible(page, "a link before it is opened");
  await look(page, info.outputPath("link.png"));
  await page.getByRole("button", { name: "Meine Daten öffnen" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Meine Daten bei Bergmann" })).toBeFocused();
  await expect(page.getByText(/Meta Platforms Ireland Limited/).first()).toBeVisible();
  // The secret is gone from the address.
  expect(new URL(page.url()).hash).toBe("");
  await look(page, info.outputPath("whatsapp.png"));
  const other = await (await open()).newPage();
  await other.goto(link);
  await other.getByRole("button", { name: "Meine Daten öffnen" }).click();
  await expect(other.getByText("Dieser Link wurde schon geöffnet", { exact: false })).toBeVisible();
  await expectAccessible(other, "a link that was used");
  await look(other, info.outputPath("used.png"));
});
