// What a person changes about itself, the team and the company; and what the role leaves out.
import { expectAccessible } from "../src/axe.ts";
import { expect, test } from "../src/fixtures.ts";
import { OWNER, SLUG } from "../src/house.ts";

test("a new password signs out the other devices", async ({ house, desk, open, watch }) => {
  watch.tolerate(/40[01]|422|WebSocket/);
  const other = await open();
  await house.signIn(other);
  const { page } = await desk({ path: "/settings/account" });
  await page.getByLabel("Bisheriges Passwort").fill("falsch geraten");
  await page.getByLabel("Neues Passwort").fill("kurz");
  await page.getByRole("button", { name: "Passwort ändern" }).click();
  await expect(page.getByText("Bitte mindestens 10 Zeichen eingeben.")).toBeVisible();
  await page.getByLabel("Neues Passwort").fill("zehn blaue Reiher am Fluss");
  await expect(page.getByText("Bitte mindestens 10 Zeichen eingeben.")).toHaveCount(0);
  await page.getByRole("button", { name: "Passwort ändern" }).click();
  await expect(page.getByLabel("Bisheriges Passwort")).toHaveAttribute("aria-invalid", "true");
  await page.getByLabel("Bisheriges Passwort").fill(OWNER.password);
  await page.getByRole("button", { name: "Passwort ändern" }).click();
  await expect(page.getByText("Das Passwort ist geändert.")).toBeVisible();
  expect((await other.request.get(`${house.url}/api/v1/session`)).status()).toBe(401);
  expect((await page.context().request.get(`${house.url}/api/v1/session`)).status()).toBe(200);
});

test("deleting a passkey asks for the password when the proof is old", async ({ desk, watch }) => {
  watch.tolerate(/409/);
  const { page } = await desk({ path: "/inbox/mine" });
  const passkey = { id: "psk_1", name: "Passkey vom 24.11.2026", created_at: "2026-11-24T09:00:00.000Z" };
  let asked = 0;
  let known = [passkey];
  await page.route("**/api/v1/passkeys", (route) => route.fulfill({ json: { items: known, next_cursor: null } }));
  await page.route("**/api/v1/passkeys/psk_1", async (route) => {
    asked += 1;
    if (asked === 1) return route.fulfill({ status: 409, contentType: "application/problem+json", json: { type: "about:blank", title: "", status: 409, code: "confirm_needed", detail: "" } });
    known = [];
    return route.fulfill({ status: 204 });
  });
  await page.getByRole("link", { name: "Einstellungen" }).click();
  await page.getByRole("link", { name: "Ihr Konto" }).click();
  await page.getByRole("button", { name: `${passkey.name} löschen` }).click();
  const dialog = page.getByRole("dialog", { name: "Bitte kurz bestätigen" });
  await dialog.getByLabel("Passwort").fill(OWNER.password);
  await dialog.getByRole("button", { name: "Bestätigen" }).click();
  await expect(page.getByText("Noch kein Passkey.")).toBeVisible();
  await expect(dialog).toHaveCount(0);
  expect(asked).toBe(2);
});

test("the owner changes a role, shuts somebody out and takes a key back", async ({ house, desk }) => {
  const tarek = house.addTeammate("Tarek Haddad");
  const { page } = await desk({ path: "/settings/team" });
  await page.getByLabel("Rolle von Tarek Haddad").selectOption({ label: "Teamleitung" });
  await expect(page.getByText("Tarek Haddad hat jetzt die Rolle „Teamleitung“.")).toBeVisible();
  expect((await house.teammates()).find(({ id }) => id === tarek.id)?.role).toBe("lead");

  await page.getByRole("button", { name: "Zugang sperren" }).click();
  await page.getByRole("dialog", { name: "Zugang von Tarek Haddad sperren?" }).getByRole("button", { name: "Zugang sperren" }).click();
  await expect(page.getByText("gesperrt", { exact: true })).toBeVisible();
  expect((await house.teammates()).some(({ id }) => id === tarek.id)).toBe(false);
  await page.getByRole("button", { name: "Wieder zulassen" }).click();
  await expect(page.getByText("gesperrt", { exact: true })).toHaveCount(0);

  await page.getByRole("button", { name: "Zurückziehen" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Zurückziehen" }).click();
  await expect(page.getByText("Kein Schlüssel im Umlauf.")).toBeVisible();
});

test("a teammate sees channels and team, and no way to change them", async ({ house, desk }) => {
  const tarek = house.addTeammate("Tarek Haddad");
  const { page } = await desk({ as: tarek, path: "/settings/channels" });
  await expect(page.getByText("Ändern können sie Inhaberschaft und Verwaltung.")).toBeVisible();
  for (const name of ["Anhalten", "Eingang hinzufügen", "WhatsApp verbinden"]) await expect(page.getByRole("button", { name })).toHaveCount(0);
  await expect(page.getByRole("link", { name: "Unternehmen" })).toHaveCount(0);
  await page.getByRole("link", { name: "Team", exact: true }).click();
  await expect(page.getByText("Aylin Kaya")).toBeVisible();
  await expect(page.getByRole("combobox")).toHaveCount(0);
});

// Check: IN-06
test("the imprint stands two taps away in the chat, and is no part of the notice", async ({ house, desk, customer, watch }) => {
  watch.tolerate(/422/);
  const version = async () => ((await (await fetch(`${house.url}/chat/v1/entries/${SLUG}`)).json()) as { notice: { version: number } }).notice.version;
  const before = await version();
  const phone = await customer();
  await phone.page.getByRole("button", { name: "Einstellungen" }).click();
  await expect(phone.page.getByRole("radio").first()).toBeVisible();
  await expect(phone.page.getByRole("link", { name: "Impressum" })).toHaveCount(0);
  const { page } = await desk({ path: "/settings/company" });
  const imprint = page.getByLabel("Impressum");
  await imprint.fill("javascript:alert(1)");
  await page.getByRole("button", { name: "Speichern" }).click();
  await expect(page.getByText("Eine Adresse im Netz wie https://www.example.com/impressum.")).toBeVisible();
  await imprint.fill("https://www.example.com/impressum");
  await page.getByRole("button", { name: "Speichern" }).click();
  await expect(page.getByText("Gespeichert.", { exact: true })).toBeVisible();
  await phone.page.reload();
  await phone.page.getByRole("button", { name: "Einstellungen" }).click();
  const link = phone.page.getByRole("link", { name: "Impressum" });
  await expect(link).toHaveAttribute("href", "https://www.example.com/impressum");
  await expect(link).toHaveAttribute("rel", "noopener noreferrer");
  await expectAccessible(phone.page, "the chat's settings");
  expect(await version()).toBe(before);
});

test("the company's page makes a new version of the notice", async ({ house, desk, customer }) => {
  const { page } = await desk({ path: "/settings/company" });
  const mail = page.getByLabel("Kontakt für Datenschutz");
  await mail.fill("daten@bergmann.example");
  await page.getByLabel("Nachrichten löschen nach").selectOption({ label: "30 Tagen" });
  await expect(page.getByText("Mit dem Speichern gilt eine neue Fassung")).toBeVisible();
  await page.getByRole("button", { name: "Speichern" }).click();
  await page.getByRole("dialog", { name: "Kürzer aufbewahren?" }).getByRole("button", { name: "Kürzer aufbewahren" }).click();
  await expect(page.getByText("Die neue Fassung des Hinweises gilt ab sofort.")).toBeVisible();
  const phone = await customer();
  await expect(phone.page.getByText("nach 30 Tagen gelöscht")).toBeVisible();
  await phone.page.getByRole("button", { name: "Wer liest was?" }).click();
  await expect(phone.page.getByText("daten@bergmann.example").first()).toBeVisible();
  const entry = (await (await fetch(`${house.url}/chat/v1/entries/${SLUG}`)).json()) as { notice: { version: number } };
  expect(entry.notice.version).toBeGreaterThan(1);
});

test("a WhatsApp channel is changed without its secrets", async ({ house, provider, desk }) => {
  await house.connectWhatsApp(provider);
  const { page } = await desk({ path: "/settings/channels" });
  await expect(page.getByText(/Meta ruft nur öffentliche Adressen/)).toBeVisible();
  await page.getByRole("button", { name: "Bearbeiten" }).click();
  const number = page.getByLabel("Kennung der Telefonnummer");
  const before = await number.inputValue();
  await number.fill("12a");
  await expect(page.getByText("Hier stehen nur Ziffern", { exact: false })).toBeVisible();
  await number.fill(before);
  await expect(page.getByText("Hier stehen nur Ziffern", { exact: false })).toHaveCount(0);
  await page.getByLabel("Name in Tresen").fill("WhatsApp Laden");
  await page.getByRole("button", { name: "Speichern" }).click();
  await expect(page.getByRole("heading", { name: "WhatsApp Laden" })).toBeVisible();
  const channel = (await house.channels()).find(({ kind }) => kind === "whatsapp");
  expect(channel).toMatchObject({ name: "WhatsApp Laden", settings: { access_token: true, phone_number_id: before } });
});
