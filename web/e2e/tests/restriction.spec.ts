// Processing is restricted and lifted again, as the team sees it.
import { expectAccessible } from "../src/axe.ts";
import { expect, test } from "../src/fixtures.ts";

test("whose data is only kept is hidden at once, and shown again when it is lifted", async ({ house, customer, desk }, info) => {
  const phone = await customer();
  await phone.say("Der Koffer hat einen Kratzer");
  const [conversation] = await house.conversations();
  const { page } = await desk({ path: `/inbox/queue/${conversation?.id}` });
  const talk = page.locator("#main");
  await expect(talk.getByText("Der Koffer hat einen Kratzer")).toBeVisible();
  const panel = page.getByRole("complementary", { name: "Kontakt" });
  await panel.getByRole("button", { name: "Verarbeitung einschränken" }).click();
  const dialog = page.getByRole("dialog", { name: /^Verarbeitung für .* einschränken$/ });
  await expect(dialog.getByRole("button", { name: "Einschränken" })).toBeDisabled();
  await expectAccessible(page, "restricting");
  if (process.env["E2E_LOOK"]) await page.screenshot({ path: info.outputPath("dialog.png") });
  await dialog.getByLabel("Grund").fill("Bestreitet, dass die Angaben stimmen");
  await dialog.getByRole("button", { name: "Einschränken" }).click();

  await expect(page.getByText("Die Verarbeitung ist eingeschränkt.")).toBeVisible();
  await expect(talk.getByRole("heading", { name: "Verarbeitung eingeschränkt" })).toBeVisible();
  await expect(page.getByText("Der Koffer hat einen Kratzer")).toHaveCount(0);
  await expect(page.getByText("Eingeschränkt, Inhalt nicht sichtbar")).toBeVisible();
  await expect(page.getByRole("region", { name: "Antwort oder Notiz schreiben" })).toHaveCount(0);
  await expectAccessible(page, "a restricted conversation");
  if (process.env["E2E_LOOK"]) {
    await page.screenshot({ path: info.outputPath("light.png") });
    await page.emulateMedia({ colorScheme: "dark" });
    await page.screenshot({ path: info.outputPath("dark.png") });
    await page.setViewportSize({ width: 390, height: 844 });
    await page.screenshot({ path: info.outputPath("phone.png") });
    await page.setViewportSize({ width: 1440, height: 900 });
  }
  await phone.say("Wann wird das geprüft?");
  await expect(page.getByText("Wann wird das geprüft?")).toHaveCount(0);

  await panel.getByRole("button", { name: "Einschränkung aufheben" }).click();
  const lift = page.getByRole("dialog", { name: /^Einschränkung für .* aufheben$/ });
  await lift.getByLabel("Grund").fill("Geprüft, es stimmt");
  await lift.getByRole("button", { name: "Einschränkung aufheben" }).click();
  await expect(page.getByText("Die Einschränkung ist aufgehoben.", { exact: true })).toBeVisible();
  await expect(talk.getByText("Wann wird das geprüft?", { exact: true })).toBeVisible();
  await expect(talk.getByText(/Einschränkung aufgehoben/)).toBeVisible();
});
