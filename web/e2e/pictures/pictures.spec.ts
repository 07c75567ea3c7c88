// The pictures of the documentation: `npm run pictures --workspace e2e`.
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { staff } from "../src/company.ts";
import { expect, PHONE, test } from "../src/fixtures.ts";
import { OWNER, SLUG } from "../src/house.ts";
import { bag } from "../src/still-life.ts";
import { holdTime } from "../src/stage.ts";
import { TeammateDesk } from "../src/teammate.ts";

const folder = process.env["E2E_PICTURES"] ?? "pictures";
const THEMES = ["light", "dark"] as const;
const MOST_BYTES = 400_000;

async function take(page: Page, screen: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const theme of THEMES) {
    await page.emulateMedia({ colorScheme: theme });
    const path = join(folder, `${screen}-${theme}-${page.viewportSize()?.width}.png`);
    await page.screenshot({ path, animations: "disabled", caret: "hide" });
    expect(statSync(path).size, path).toBeLessThan(MOST_BYTES);
  }
}

test("desk and chat", async ({ house, provider, browser, open }) => {
  test.setTimeout(120_000);
  const company = await staff(house, provider, browser, await bag(browser));
  const ready = Date.now();
  const path = `/inbox/mine/${company.of("Sabine Größmann").id}`;

  const colleague = await open();
  await house.signIn(colleague, company.tarek);
  const theirs = await colleague.newPage();
  await theirs.goto(`${house.url}${path}`);
  await expect(new TeammateDesk(theirs).heading).toHaveText("Sabine Größmann");

  for (const options of [{ viewport: { width: 1440, height: 900 } }, PHONE]) {
    const context = await open(options);
    await house.signIn(context);
    const page = await context.newPage();
    await holdTime(page, ready);
    await page.goto(`${house.url}${path}`);
    const desk = new TeammateDesk(page);
    await expect(desk.timeline.locator("img").first()).toBeVisible();
    await expect.poll(() => desk.timeline.locator("img").first().evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0);
    await desk.answer.fill("Sehr gern, ich lege sie Ihnen bis Freitag an die Kasse. Wir haben bis 19 Uhr geöffnet.");
    await expect(page.getByText("Entwurf gesichert").or(desk.answer).first()).toBeVisible();
    await desk.timeline.evaluate((element) => element.scrollTo({ top: element.scrollHeight }));
    await take(page, "desk");
    await page.goto(`${house.url}/inbox/mine/${company.of("Jan Petersen").id}`);
    await expect(desk.message("Der Reißverschluss am Koffer klemmt wieder.")).toBeVisible();
    await take(page, "window");
    await page.goto(`${house.url}/inbox/mine`);
    await expect(desk.rows.first()).toBeVisible();
    if (options === PHONE) await take(page, "list");
    await context.close();
  }

  for (const viewport of [{ width: 390, height: 844 }, { width: 1440, height: 900 }]) {
    const { page } = company.sabine;
    await page.setViewportSize(viewport);
    if (viewport.width === 390) await holdTime(page, ready);
    await page.goto(`${house.url}/c/${SLUG}`);
    await expect(company.sabine.message("Dann nehme ich sie. Können Sie sie bis Freitag zurücklegen?")).toBeVisible();
    await expect.poll(() => page.locator(".rows img").first().evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0);
    await take(page, "chat");
  }
  const stranger = await (await open(PHONE)).newPage();
  await holdTime(stranger, ready);
  await stranger.goto(`${house.url}/c/${SLUG}`);
  await expect(stranger.getByText("Guten Tag. Worum geht es?")).toBeVisible();
  await take(stranger, "greeting");
  await company.close();
});

test.describe("before anybody is set up", () => {
  test.use({ furnished: false });
  test("set-up", async ({ house, open, watch }) => {
    watch.tolerate(/401.*\/api\/v1\/session/);
    const page = await (await open()).newPage();
    await page.goto(house.setupLink);
    await page.getByLabel("Name des Betriebs").fill("Bergmann");
    await page.keyboard.press("Enter");
    await page.getByLabel("Ihr Name").fill(OWNER.name);
    await page.getByLabel("E-Mail").fill(OWNER.email);
    await page.getByLabel("Passwort").fill(OWNER.password);
    await page.keyboard.press("Enter");
    await page.getByLabel("Überschrift").fill("Bergmann Leipzig");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { name: "Wer für die Daten geradesteht" })).toBeVisible();
    for (const width of [1440, 390]) {
      await page.setViewportSize({ width, height: width === 390 ? 844 : 900 });
      await take(page, "setup");
    }
  });
});
