// Signing in by password and by passkey, and what an ended session leaves untouched.
import type { Page } from "@playwright/test";
import { expect, test } from "../src/fixtures.ts";
import { OWNER } from "../src/house.ts";

/** A security key inside the browser that says yes to everything. */
async function plugInKey(page: Page): Promise<void> {
  const client = await page.context().newCDPSession(page);
  await client.send("WebAuthn.enable");
  await client.send("WebAuthn.addVirtualAuthenticator", {
    options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  });
}

test("a passkey is made in the settings and opens the desk", async ({ house, open, watch }) => {
  watch.tolerate(/401.*\/api\/v1\/session/);
  const context = await open();
  const page = await context.newPage();
  await plugInKey(page);
  await page.goto(house.url);
  await page.getByLabel("E-Mail").fill(OWNER.email);
  await page.getByLabel("Passwort").fill("falsch geraten");
  await page.getByRole("button", { name: "Anmelden", exact: true }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await page.getByLabel("Passwort").fill(OWNER.password);
  await page.getByRole("button", { name: "Anmelden", exact: true }).click();
  await expect(page.getByText("Ihr Tresen ist frei.")).toBeVisible();

  await page.goto(`${house.url}/settings/account`);
  await page.getByRole("button", { name: "Passkey anlegen" }).click();
  await expect(page.getByText("Der Passkey ist angelegt.")).toBeVisible();
  await page.getByRole("button", { name: "Abmelden", exact: true }).first().click();
  await expect(page.getByRole("heading", { name: "Anmelden" })).toBeVisible();
  expect((await context.cookies()).filter(({ name, value }) => name === "tresen_session" && value !== "")).toEqual([]);

  await page.getByRole("button", { name: "Mit Passkey anmelden" }).click();
  await expect(page.getByText("Ihr Tresen ist frei.")).toBeVisible();
  const session = (await context.cookies()).find(({ name }) => name === "tresen_session");
  expect(session).toMatchObject({ httpOnly: true });
});

test("a session that ends keeps the draft and asks to sign in above it", async ({ customer, house, desk, watch }) => {
  watch.tolerate(/401|WebSocket/);
  const phone = await customer();
  await phone.say("Sind Sie da?");
  const [conversation] = await house.conversations();
  const { page, answer } = await desk({ path: `/inbox/queue/${conversation?.id}` });
  await answer.pressSequentially("Angefangener Satz");
  await page.context().clearCookies();
  const dialog = page.getByRole("dialog", { name: "Anmelden" });
  // Whatever the page asks the server first learns that the session is over: the answer that is
  // sent now, or something it asked by itself a moment before.
  if (!(await dialog.isVisible())) await page.keyboard.press("Enter");
  await expect(dialog.getByText("Bitte neu anmelden. Ihr Entwurf ist gesichert.")).toBeVisible();
  await dialog.getByLabel("Passwort").fill(OWNER.password);
  await dialog.getByRole("button", { name: "Anmelden", exact: true }).click();
  await expect(dialog).toHaveCount(0);
  await expect(answer).toBeVisible();
  if ((await answer.inputValue()) === "Angefangener Satz") await answer.press("Enter");
  await expect(phone.message("Angefangener Satz")).toBeVisible({ timeout: 20_000 });
});

test("a spent set-up link and a missing one say what to do", async ({ house, open, watch }) => {
  watch.tolerate(/401.*\/api\/v1\/session/);
  const page = await (await open()).newPage();
  await page.goto(house.setupLink);
  await expect(page.getByRole("heading", { name: "Tresen ist schon eingerichtet" })).toBeVisible();
});
