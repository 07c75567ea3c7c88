// Requests of the people concerned, answered at the desk: a copy, a hold, an erasure with its certificate.
import { readFileSync } from "node:fs";
import type { Locator, Page, TestInfo } from "@playwright/test";
import { expectAccessible, expectReflow, smallTargets } from "../src/axe.ts";
import { expect, test } from "../src/fixtures.ts";

/** Judges a screen in both themes at both widths; a dialog in two of the four. */
async function judge(page: Page, info: TestInfo, where: string, corners = ["light 1440", "dark 1440", "light 390", "dark 390"]): Promise<void> {
  for (const corner of corners) {
    const [theme, width] = corner.split(" ");
    await page.setViewportSize({ width: Number(width), height: width === "390" ? 844 : 900 });
    await page.emulateMedia({ colorScheme: theme === "dark" ? "dark" : "light" });
    await expectAccessible(page, `${where}, ${corner}`);
    await expectReflow(page, `${where}, ${corner}`);
    if (width === "390") expect(await smallTargets(page, 24), `targets of ${where}`).toEqual([]);
    if (process.env["E2E_LOOK"]) await page.screenshot({ path: info.outputPath(`${where} ${corner}.png`) });
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.emulateMedia({ colorScheme: "light" });
}
const IN_A_DIALOG = ["light 1440", "dark 390"];

/** Walks there as somebody without a pointer does. */
async function tabTo(page: Page, goal: Locator): Promise<void> {
  for (let step = 0; step < 60; step += 1) {
    if (await goal.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  await expect(goal).toBeFocused();
}

test("a copy and an erasure begin at the contact, and end with a file and a certificate", async ({ house, customer, desk }, info) => {
  const phone = await customer();
  await phone.say("Der Koffer hat einen Kratzer");
  const [conversation] = await house.conversations();
  await house.patch(`/contacts/${conversation?.contact.id}`, { name: "Jule Größmann" });
  // Her page would complain that it is signed out.
  await phone.page.close();
  const { page } = await desk({ path: `/inbox/queue/${conversation?.id}` });
  const panel = page.getByRole("complementary", { name: "Kontakt" });

  await panel.getByRole("button", { name: "Auskunft erstellen" }).press("Enter");
  const copy = page.getByRole("dialog", { name: "Auskunft für Jule Größmann" });
  await expect(copy.getByText("Prüfen Sie vorher")).toBeVisible();
  await tabTo(page, copy.getByRole("button", { name: "Auskunft erstellen" }));
  await page.keyboard.press("Enter");
  await expect(copy.getByText("1 Nachricht", { exact: true })).toBeVisible();
  const fetched = page.waitForEvent("download");
  await tabTo(page, copy.getByRole("link", { name: "Herunterladen" }));
  await page.keyboard.press("Enter");
  const zip = readFileSync(await (await fetched).path());
  expect(zip.subarray(0, 2).toString()).toBe("PK");
  expect(zip.includes("Der Koffer hat einen Kratzer")).toBe(true);
  await expect(copy.getByText("vollständig")).toBeVisible();
  await judge(page, info, "a copy that was fetched", IN_A_DIALOG);
  await page.keyboard.press("Escape");
  await expect(copy).toHaveCount(0);

  await panel.getByRole("button", { name: "Löschen …" }).press("Enter");
  const erase = page.getByRole("dialog", { name: "Daten von Jule Größmann löschen" });
  await expect(erase.getByText("1 Gespräch", { exact: true })).toBeVisible();
  await expect(erase.getByText("ein signierter Löschnachweis")).toBeVisible();
  await expect(erase.getByRole("button", { name: "Endgültig löschen" })).toBeDisabled();
  await judge(page, info, "the preview of an erasure", IN_A_DIALOG);
  await tabTo(page, erase.getByLabel("Zum Bestätigen LÖSCHEN eintippen"));
  await page.keyboard.type("löschen");
  await page.keyboard.press("Enter");
  const done = page.getByRole("dialog", { name: "Löschung: Jule Größmann" });
  await expect(done.getByText("Auch aus älteren Sicherungen kommt nichts davon zurück.", { exact: false })).toBeVisible();
  await judge(page, info, "an erasure that is done", IN_A_DIALOG);
  const saved = page.waitForEvent("download");
  await done.getByRole("button", { name: "Nachweis herunterladen" }).press("Enter");
  const certificate = readFileSync(await (await saved).path(), "utf8");
  expect(certificate).toContain('"kind":"tresen.erasure"');
  expect(certificate).not.toContain("Jule");
  await page.keyboard.press("Escape");
  await expect(done).toHaveCount(0);
  expect(new URL(page.url()).pathname).toBe("/inbox/queue");
  await expect(page.getByText("Jule Größmann")).toHaveCount(0);

  await page.getByRole("link", { name: "Datenschutz" }).press("Enter");
  await page.getByRole("link", { name: "Löschungen", exact: true }).press("Enter");
  await expect(page.getByText("1 Gespräch, 1 Nachricht, 1 Adresse")).toBeVisible();
  await expect(page.getByText("Jule")).toHaveCount(0);
  await judge(page, info, "erasures");
});

test("data protection finds the person, holds an erasure back with a second person, and sees what waits", async ({ house, customer, desk }, info) => {
  const dora = house.addTeammate("Dora Deich", "dpo");
  const phone = await customer();
  await phone.say("Ich möchte bitte keinen Newsletter mehr von Ihnen");
  const [conversation] = await house.conversations();
  await house.patch(`/contacts/${conversation?.contact.id}`, { name: "Jule Größmann" });
  const { page } = await desk({ as: dora });
  await expect(page.getByRole("heading", { name: "Datenschutz", level: 1 })).toBeVisible();
  expect(new URL(page.url()).pathname).toBe("/privacy");
  await expect(page.getByText("1 Aufgabe braucht eine Entscheidung.")).toBeVisible();
  await expect(page.getByText("Hat vielleicht der Werbung widersprochen.", { exact: false })).toBeVisible();

  await tabTo(page, page.getByLabel("Anfrage einer Person beantworten"));
  await page.keyboard.type("größmann");
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByRole("button", { name: "Sperre setzen …" }));
  await judge(page, info, "tasks and a person");
  await page.keyboard.press("Enter");
  const hold = page.getByRole("dialog", { name: "Sperre für Jule Größmann" });
  await expect(hold.getByLabel("Vorgang")).toBeFocused();
  await page.keyboard.type("LG Leipzig 3 O 17/26");
  await tabTo(page, hold.getByLabel("Grund"));
  await page.keyboard.type("Klage wegen der Lieferung");
  await judge(page, info, "a new hold", IN_A_DIALOG);
  await tabTo(page, hold.getByRole("button", { name: "Sperre setzen" }));
  await page.keyboard.press("Enter");
  await expect(page.getByText("Die Sperre gilt. Jetzt stimmt eine zweite Person zu.")).toBeVisible();

  // Whoever set it cannot agree to it, and nothing is erased as long as it stands.
  await page.getByRole("button", { name: "Löschen …" }).press("Enter");
  const erase = page.getByRole("dialog", { name: "Daten von Jule Größmann löschen" });
  await expect(erase.getByText("Eine Sperre steht der Löschung entgegen.", { exact: false })).toBeVisible();
  await expect(erase.getByRole("textbox")).toHaveCount(0);
  await judge(page, info, "an erasure that is held back", IN_A_DIALOG);
  await erase.getByRole("link", { name: "Sperre ansehen" }).press("Enter");
  await expect(page.getByRole("heading", { name: "Sperren", level: 1 })).toBeVisible();
  await expect(page.getByText("zweite Zustimmung fehlt")).toBeVisible();
  await expect(page.getByRole("button", { name: "Zustimmen" })).toHaveCount(0);

  const second = await desk({ path: "/privacy" });
  await expect(second.page.getByText("Gesetzt von Dora Deich; sie gilt schon.")).toBeVisible();
  await second.page.getByRole("link", { name: "Sperre ansehen" }).press("Enter");
  await judge(second.page, info, "holds");
  await second.page.getByRole("button", { name: "Zustimmen" }).press("Enter");
  await expect(second.page.getByText("zugestimmt: Sie")).toBeVisible();

  await page.getByRole("button", { name: "Aufheben …" }).press("Enter");
  await page.getByRole("dialog", { name: "Sperre für Jule Größmann aufheben?" }).getByRole("button", { name: "Sperre aufheben" }).press("Enter");
  await expect(page.getByText("Keine Sperre besteht.")).toBeVisible();
});

test("the texts of consents are read word for word, in either language; and nobody else finds the page", async ({ house, desk }, info) => {
  await house.post("/purposes", { code: "news", class: "marketing", name: "Neuigkeiten" });
  const text = "Ich möchte von Bergmann Neuigkeiten über Taschen bekommen, höchstens zweimal im Monat.";
  await house.post("/notices", {
    purpose: "news",
    channels: ["webchat"],
    product_scope: "Taschen von Bergmann",
    texts: [{ locale: "de", text, withdrawal: "Das kann ich jederzeit mit dem Wort STOPP beenden." }],
  });
  const { page } = await desk({ path: "/privacy/consents" });
  await page.locator("summary").filter({ hasText: "Fassung 1" }).press("Enter");
  await expect(page.getByText(text)).toBeVisible();
  await expect(page.getByText("Gespräche werden 90 Tage nach der letzten Nachricht gelöscht, samt Notizen und Dateien.")).toBeVisible();
  await judge(page, info, "texts of consents");
  await page.getByRole("button", { name: /Aylin Kaya/ }).click();
  await page.getByRole("menuitemradio", { name: "English" }).click();
  await expect(page.getByRole("heading", { name: "Consent texts" })).toBeVisible();
  await page.getByRole("link", { name: "Tasks", exact: true }).press("Enter");
  await expect(page.getByText("Nothing waits for a decision.")).toBeVisible();
  await judge(page, info, "nothing waits", IN_A_DIALOG);

  const tarek = house.addTeammate("Tarek Haddad");
  const other = await desk({ as: tarek, path: "/privacy" });
  await expect(other.page.getByRole("heading", { name: "Diese Seite gibt es nicht" })).toBeVisible();
  await expect(other.page.getByRole("link", { name: "Datenschutz" })).toHaveCount(0);
});
