// From an empty directory to an answered customer: the first four minutes of every installation.
import { countActions } from "../src/actions.ts";
import { expect, PHONE, test } from "../src/fixtures.ts";
import { House, OWNER } from "../src/house.ts";
import { cameraPhoto } from "../src/photo.ts";

const MOST_ACTIONS = 12;

test("a fresh install is set up, a customer writes with a photo, the owner answers", async ({ open, watch }) => {
  const house = await House.open();
  try {
    watch.own.add(new URL(house.url).host);
    // Asking who is signed in is answered with 401 before anybody is.
    watch.tolerate(/401.*\/api\/v1\/session/);
    const context = await open();
    const actions = await countActions(context);
    const page = await context.newPage();
    await page.goto(house.setupLink);

    await test.step("the wizard", async () => {
      await expect(page.getByRole("heading", { name: "Wie heißt Ihr Betrieb?" })).toBeVisible();
      await page.keyboard.type("Bergmann");
      await page.keyboard.press("Enter");
      await expect(page.getByLabel("Ihr Name")).toBeFocused();
      await page.keyboard.type(OWNER.name);
      await page.keyboard.press("Tab");
      await page.keyboard.type(OWNER.email);
      await page.keyboard.press("Tab");
      await page.keyboard.type(OWNER.password);
      await page.keyboard.press("Enter");
      await expect(page.getByLabel("Überschrift")).toHaveValue("Bergmann");
      await page.keyboard.press("Enter");
      await expect(page.getByLabel("Verantwortlich")).toHaveValue("Bergmann");
      await expect(page.getByLabel("Kontakt für Datenschutz")).toHaveValue(OWNER.email);
      await page.keyboard.press("Enter");
      await expect(page.getByRole("heading", { name: "Fertig, Aylin. Ihr Tresen ist offen." })).toBeVisible();
    });
    const address = await page.getByLabel("Adresse für Ihre Kundschaft").inputValue();
    expect(address).toBe(`${house.url}/c/bergmann`);
    await expect(page.getByRole("img", { name: /QR-Code/ })).toHaveJSProperty("complete", true);
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { name: "Meine Gespräche" })).toBeVisible();

    const phone = await (await open(PHONE)).newPage();
    await test.step("a customer writes with a photo", async () => {
      await phone.goto(address);
      await phone.getByLabel("Nachricht", { exact: true }).fill("Haben Sie diese Tasche noch in Braun?");
      await phone.locator("input[type=file]").first().setInputFiles({ name: "tasche.jpg", mimeType: "image/jpeg", buffer: await cameraPhoto(phone, 1600, 1200) });
      await expect(phone.getByRole("list", { name: "Anhänge" })).toBeVisible();
      await phone.getByRole("button", { name: "Senden" }).tap();
      await expect(phone.getByRole("img", { name: "angenommen" })).toBeVisible();
    });

    await test.step("the owner sees it without a reload and answers", async () => {
      await page.keyboard.press("n");
      const message = page.getByRole("log").getByText("Haben Sie diese Tasche noch in Braun?");
      await expect(message).toBeVisible();
      const photo = page.getByRole("log").locator("img").first();
      await expect.poll(() => photo.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(100);
      await expect(page.getByLabel(/^Antwort an/)).toBeFocused();
      await page.keyboard.type("Ja, zwei Stück. Soll ich Ihnen eine zurücklegen?");
      await page.keyboard.press("Enter");
      await expect(phone.getByText("Ja, zwei Stück. Soll ich Ihnen eine zurücklegen?")).toBeVisible();
    });
    console.log(`        fresh install: ${actions.taps} taps, ${actions.keys} keys, ${actions.letters} letters`);
    expect(actions.taps + actions.keys).toBeLessThanOrEqual(MOST_ACTIONS);
  } finally {
    await house.close();
  }
});
