// Every screen, in both themes, on a large screen and a phone: no violation of axe's rules; and
// nothing wider than a window of 320 pixels.
import type { Page } from "@playwright/test";
import { expectAccessible, expectReflow, smallTargets } from "../src/axe.ts";
import { type Company, staff } from "../src/company.ts";
import { expect, PHONE, test } from "../src/fixtures.ts";
import { OWNER, SLUG } from "../src/house.ts";
import { cameraPhoto } from "../src/photo.ts";

const THEMES = ["light", "dark"] as const;
const WIDTHS = [1440, 390] as const;

/** Judges what is shown in both themes and all widths; `narrow` says whether 320 pixels are checked too. */
async function judge(page: Page, where: string): Promise<void> {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: width === 390 ? 844 : 900 });
    for (const theme of THEMES) {
      await page.emulateMedia({ colorScheme: theme });
      await expectAccessible(page, `${where}, ${theme}, ${width}`);
    }
    await expectReflow(page, `${where}, ${width}`);
  }
  await page.setViewportSize({ width: 320, height: 700 });
  await expectReflow(page, `${where}, 320`);
  await page.setViewportSize({ width: 1440, height: 900 });
}

test.describe("before anybody is set up", () => {
  test.use({ furnished: false });
  test("set-up pages", async ({ house, open, watch }) => {
    watch.tolerate(/401.*\/api\/v1\/session/);
    const page = await (await open()).newPage();
    await page.goto(house.setupLink);
    await expect(page.getByRole("heading", { name: "Wie heißt Ihr Betrieb?" })).toBeVisible();
    await page.getByRole("button", { name: /Weiter/ }).click();
    await expect(page.getByText("Bitte ausfüllen.")).toBeVisible();
    await judge(page, "company");
    await page.getByLabel("Name des Betriebs").fill("Bergmann");
    await page.getByRole("button", { name: /Weiter/ }).click();
    await page.getByLabel("Ihr Name").fill(OWNER.name);
    await page.getByLabel("E-Mail").fill(OWNER.email);
    await page.getByLabel("Passwort").fill(OWNER.password);
    await judge(page, "owner");
    await page.getByRole("button", { name: /Weiter/ }).click();
    await expect(page.getByRole("heading", { name: "Ihr eigener Chat" })).toBeVisible();
    await judge(page, "chat");
    await page.getByRole("button", { name: /Weiter/ }).click();
    await expect(page.getByRole("heading", { name: "Wer für die Daten geradesteht" })).toBeVisible();
    await judge(page, "privacy");
    await page.getByRole("button", { name: /Einrichten/ }).click();
    await expect(page.getByRole("heading", { name: /^Fertig/ })).toBeVisible();
    await judge(page, "finished");
    await page.context().clearCookies();
    await page.goto(house.url);
    await expect(page.getByRole("heading", { name: "Anmelden" })).toBeVisible();
    await judge(page, "sign-in");
  });
});

test.describe("the staffed desk", () => {
  test.setTimeout(120_000);
  let company: Company;
  test.beforeEach(async ({ house, provider, browser }) => {
    const page = await browser.newPage();
    const buffer = await cameraPhoto(page, 800, 600);
    await page.close();
    company = await staff(house, provider, browser, { name: "tasche.jpg", mimeType: "image/jpeg", buffer });
  });
  test.afterEach(() => company.close());

  test("lists, thread, composer, panel", async ({ desk }) => {
    const { page, heading, answer, timeline, rows } = await desk({ path: "/inbox/mine" });
    await expect(rows).toHaveCount(4);
    await judge(page, "list");
    await page.goto(page.url().replace("/inbox/mine", `/inbox/mine/${company.of("Sabine Größmann").id}`));
    await expect(heading).toHaveText("Sabine Größmann");
    await expect(timeline.locator("img").first()).toBeVisible();
    await answer.fill("Sehr gern, ich lege sie an die Kasse.");
    await judge(page, "thread with an answer begun");
    await page.getByRole("button", { name: "Notiz", exact: true }).click();
    await judge(page, "thread with a note begun");
    await page.setViewportSize({ width: 1000, height: 800 });
    await page.getByRole("button", { name: /Angaben zur Person zeigen|Sabine Größmann/ }).first().click();
    await expect(page.getByRole("dialog", { name: "Kontakt" })).toBeVisible();
    await expectAccessible(page, "panel as a sheet");
  });

  test("reply window and template", async ({ desk }) => {
    const { page, heading } = await desk({ path: `/inbox/mine/${company.of("Jan Petersen").id}` });
    await expect(heading).toHaveText("Jan Petersen");
    await expect(page.getByText(/frei schreiben\. Danach nur Vorlagen\./)).toBeVisible();
    await judge(page, "reply window about to close");
    await page.getByRole("button", { name: "Vorlage wählen" }).click();
    await page.getByRole("dialog").getByRole("button", { name: /^terminerinnerung/ }).first().click();
    await judge(page, "template dialog");
  });

  test("settings", async ({ desk }) => {
    const { page } = await desk({ path: "/settings/channels" });
    for (const section of ["channels", "team", "company", "alerts", "account", "appearance"]) {
      await page.goto(new URL(`/settings/${section}`, page.url()).href);
      await expect(page.getByRole("heading", { level: 2 }).or(page.getByRole("heading", { level: 1 })).first()).toBeVisible();
      await page.waitForLoadState("networkidle");
      await judge(page, `settings, ${section}`);
    }
  });

  test("palette, help, hand-over", async ({ desk }) => {
    const { page, heading } = await desk({ path: `/inbox/mine/${company.of("Sabine Größmann").id}` });
    await expect(heading).toHaveText("Sabine Größmann");
    await page.keyboard.press("Control+k");
    await page.keyboard.type("an");
    await expect(page.getByRole("option").first()).toBeVisible();
    await judge(page, "palette");
    await page.keyboard.press("Escape");
    await page.keyboard.press("?");
    await expect(page.getByRole("dialog")).toBeVisible();
    await judge(page, "help");
    await page.keyboard.press("Escape");
    await page.keyboard.press("a");
    await expect(page.getByRole("option").first()).toBeVisible();
    await judge(page, "hand-over");
    await page.keyboard.press("Escape");
    await page.keyboard.press("h");
    await expect(page.getByRole("dialog")).toBeVisible();
    await judge(page, "snooze");
    await page.keyboard.press("Escape");
    await page.keyboard.press("t");
    await page.keyboard.type("Reklamation");
    await judge(page, "tags");
  });

  test("the desk on a phone has targets a thumb can hit", async ({ desk }) => {
    const { page, rows, heading } = await desk({ path: "/inbox/mine", ...PHONE });
    await expect(rows.first()).toBeVisible();
    expect(await smallTargets(page, 24)).toEqual([]);
    await rows.filter({ hasText: "Sabine" }).tap();
    await expect(heading).toHaveText("Sabine Größmann");
    expect(await smallTargets(page, 24)).toEqual([]);
  });

  // Check: WA-03
  test("the customer's thread", async ({ house, open }) => {
    const { page } = company.sabine;
    await expect(company.sabine.message("Guten Tag Frau Größmann, ja, die „Linden“ in Cognac ist da: 149 €, mit Schulterriemen.")).toBeVisible();
    await judge(page, "thread");
    await page.getByRole("button", { name: "Wer liest was?" }).click();
    await judge(page, "notice");
    await page.getByRole("button", { name: "Einstellungen" }).click();
    await judge(page, "menu");
    await page.context().setOffline(true);
    await expect(page.getByText(/Ohne Verbindung|Keine Verbindung/)).toBeVisible();
    await judge(page, "offline");
    const stranger = await (await open(PHONE)).newPage();
    await stranger.goto(`${house.url}/c/${SLUG}`);
    await expect(stranger.getByText("Guten Tag. Worum geht es?")).toBeVisible();
    await stranger.waitForLoadState("networkidle");
    expect(await smallTargets(stranger, 44)).toEqual([]);
    await judge(stranger, "first view");
  });
});

// Check: WA-03
test("an arriving message is announced once", async ({ house, customer }) => {
  const phone = await customer();
  await phone.say("Hallo");
  const [conversation] = await house.conversations();
  await phone.page.evaluate(() => {
    const heard: string[] = [];
    Object.assign(globalThis, { heard });
    new MutationObserver((changes) => {
      for (const { addedNodes } of changes) {
        for (const node of addedNodes) {
          const element = node instanceof Element ? node : node.parentElement;
          const live = element?.closest("[aria-live], [role=log], [role=status], [role=alert]");
          if (live && live.getAttribute("aria-live") !== "off" && node.textContent?.includes("Guten Tag")) heard.push(node.textContent.trim());
        }
      }
    }).observe(document.body, { childList: true, subtree: true, characterData: true });
  });
  await house.post(`/conversations/${conversation?.id}/messages`, { text: "Guten Tag, was kann ich tun?" });
  await expect(phone.message("Guten Tag, was kann ich tun?")).toBeVisible();
  const heard = await phone.page.evaluate(() => (globalThis as unknown as { heard: string[] }).heard);
  expect(heard).toHaveLength(1);
  expect(heard[0]).toMatch(/^.+, \d\d:\d\d: Guten Tag, was kann ich tun\?$/);
});
