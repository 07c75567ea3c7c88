// From an empty directory to an answered customer: the first four minutes of every installation.
import { countActions } from "../src/actions.ts";
import { Customer } from "../src/customer.ts";
import { expect, PHONE, test } from "../src/fixtures.ts";
import { OWNER } from "../src/house.ts";
import { cameraPhoto } from "../src/photo.ts";
import { TeammateDesk } from "../src/teammate.ts";

const MOST_ACTIONS = 12;

test.use({ furnished: false });

test("a fresh install is set up, a customer writes with a photo, the owner answers", async ({ house, open, watch }) => {
  // Who is signed in is answered with 401 as long as nobody is.
  watch.tolerate(/401.*\/api\/v1\/session/);
  const context = await open();
  const actions = await countActions(context);
  const page = await context.newPage();
  await page.goto(house.setupLink);

  await test.step("the wizard", async () => {
    await expect(page.getByRole("heading", { name: "Wie heißt Ihr Betrieb?" })).toBeVisible();
    await expect(page.getByLabel("Name des Betriebs")).toBeFocused();
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
  await expect.poll(() => page.getByRole("img", { name: /QR-Code/ }).evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0);
  await page.keyboard.press("Enter");
  await expect(page.getByText("Ihr Tresen ist frei.")).toBeVisible();

  const customer = new Customer(await (await open(PHONE)).newPage());
  await test.step("a customer writes with a photo", async () => {
    await customer.page.goto(address);
    await customer.attach({ name: "tasche.jpg", mimeType: "image/jpeg", buffer: await cameraPhoto(customer.page, 1600, 1200) });
    await customer.say("Haben Sie diese Tasche noch in Braun?");
  });

  const desk = new TeammateDesk(page);
  await test.step("the owner sees it without a reload and answers", async () => {
    await expect(page.getByText("Eine Person wartet.")).toBeVisible();
    await page.keyboard.press("n");
    await expect(desk.message("Haben Sie diese Tasche noch in Braun?")).toBeVisible();
    const photo = desk.timeline.locator("img").first();
    await expect.poll(() => photo.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(100);
    await expect(desk.answer).toBeFocused();
    await page.keyboard.type("Ja, zwei Stück. Soll ich Ihnen eine zurücklegen?");
    await page.keyboard.press("Enter");
    await expect(customer.message("Ja, zwei Stück. Soll ich Ihnen eine zurücklegen?")).toBeVisible();
    await expect(customer.marks("gelesen")).toHaveCount(1);
  });
  console.log(`        fresh install: ${actions.taps} taps, ${actions.keys} keys, ${actions.letters} letters`);
  expect(actions.letters).toBeGreaterThan(0);
  expect(actions.taps + actions.keys).toBeLessThanOrEqual(MOST_ACTIONS);
});
