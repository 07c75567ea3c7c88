// Agreeing, proving and withdrawing, as the two people at the counter see it.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import type { Contact } from "@tresen/api";
import { expectAccessible } from "../src/axe.ts";
import { expect, test } from "../src/fixtures.ts";
import type { House } from "../src/house.ts";
import { built } from "../src/program.ts";

const ANNA = "+49 171 39200 01";

/** A purpose with its text, as a data protection officer publishes them. */
async function offerNews(house: House): Promise<void> {
  await house.post("/purposes", { code: "news", class: "marketing", name: "Neuigkeiten" });
  await house.post("/notices", {
    purpose: "news",
    channels: ["webchat", "whatsapp"],
    product_scope: "Taschen und Koffer von Bergmann",
    texts: [
      {
        locale: "de",
        text: "Ich möchte von Bergmann Neuigkeiten über Taschen und Koffer in diesem Chat bekommen, höchstens zweimal im Monat.",
        withdrawal: "Das kann ich jederzeit hier im Menü oder mit dem Wort STOPP beenden.",
      },
    ],
  });
}

/** Somebody outside, with a file and a key: on the page of the house, and on a copy of it without any server. */
async function verifiedByAnybody(desk: Page, house: House, { package_, key, saved }: { package_: string; key: string; saved: string }): Promise<void> {
  const stranger = await desk.context().browser()?.newContext({ locale: "de-DE", viewport: { width: 390, height: 844 } });
  if (!stranger) throw new Error("there is no browser");
  const page = await stranger.newPage();
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  const judge = async (bytes: Buffer, trusted: string) => {
    await page.getByLabel("Öffentlicher Schlüssel oder Fingerabdruck").fill(trusted);
    await page.getByLabel("Paket", { exact: false }).first().setInputFiles({ name: "proof.zip", mimeType: "application/zip", buffer: bytes });
  };
  const good = readFileSync(package_);
  const flipped = Buffer.from(good);
  flipped[Math.floor(good.length / 2)] = (flipped[Math.floor(good.length / 2)] ?? 0) ^ 1;
  await page.goto(`${house.url}/verify`);
  const html = await (await page.request.get(`${house.url}/verify`)).body();
  for (const address of [null, saved]) {
    if (address) {
      writeFileSync(saved, html);
      await page.goto(`file://${saved}`);
    }
    await judge(good, "");
    await expect(page.getByRole("heading", { name: "Das Paket stimmt mit sich selbst überein" })).toBeVisible();
    await judge(good, key);
    await expect(page.getByRole("heading", { name: "Das Paket hält", exact: true })).toBeVisible();
    await expect(page.getByText(/höchstens zweimal im Monat/).first()).toBeVisible();
    await expectAccessible(page, "the page that verifies");
    await judge(flipped, key);
    await expect(page.getByRole("heading", { name: "Das Paket hält nicht" })).toBeVisible();
  }
  // The page itself, and nothing after it.
  expect(asked.filter((url) => !url.startsWith("file:") && !url.endsWith("/verify") && !url.endsWith("/favicon.ico"))).toEqual([]);
  await stranger.close();
}

test("news are turned on with two taps, seen and proven at the desk, and turned off with one", async ({ house, customer, desk }, info) => {
  await offerNews(house);
  const phone = await customer();
  await phone.say("Guten Tag, haben Sie den Koffer in Blau?");
  const [conversation] = await house.conversations();
  const { page } = await desk({ path: `/inbox/queue/${conversation?.id}` });
  const panel = page.getByRole("complementary", { name: "Kontakt" });
  await expect(panel.getByRole("button", { name: /^Neuigkeiten/ })).toHaveCount(0);

  await phone.page.getByRole("button", { name: "Einstellungen" }).click();
  const news = phone.page.getByRole("region", { name: "Was Sie bekommen möchten" });
  await news.getByRole("button", { name: "Einschalten" }).click();
  await expect(news.getByText(/höchstens zweimal im Monat/)).toBeVisible();
  await news.getByRole("button", { name: "Ich willige ein" }).click();
  // One tap alone gives nothing.
  const contact = await house.get<Contact>(`/contacts/${conversation?.contact.id}`);
  expect(contact.consents.filter(({ purpose, state }) => purpose === "news" && state === "granted")).toEqual([]);
  await expectAccessible(phone.page, "the question for news in the chat");
  await news.getByRole("button", { name: "Ja, bestätigen" }).click();
  await expect(news.getByRole("button", { name: "Ausschalten" })).toBeVisible();

  const line = panel.getByRole("button", { name: /^Neuigkeiten/ });
  await expect(line).toContainText("erlaubt");
  await line.click();
  const proof = page.getByRole("dialog", { name: "Nachweis: Neuigkeiten" });
  await expect(proof.getByText(/höchstens zweimal im Monat/)).toBeVisible();
  await expect(proof.getByRole("listitem")).not.toHaveCount(0);
  await expectAccessible(page, "the proof of a consent");
  const [sheet] = await Promise.all([page.waitForEvent("download"), proof.getByRole("link", { name: "Nachweis als PDF" }).click()]);
  const paper = info.outputPath("sheet.pdf");
  await sheet.saveAs(paper);
  expect(readFileSync(paper).subarray(0, 8).toString()).toBe("%PDF-1.7");
  const [file] = await Promise.all([page.waitForEvent("download"), proof.getByRole("link", { name: "Paket zum Prüfen (ZIP)" }).click()]);
  const package_ = info.outputPath("proof.zip");
  await file.saveAs(package_);
  const { key } = await house.get<{ key: string }>("/consents/key");
  expect(execFileSync(built("tresen"), ["verify", package_, "--key", key], { encoding: "utf8" })).not.toBe("");
  await page.keyboard.press("Escape");
  await verifiedByAnybody(page, house, { package_, key, saved: info.outputPath("verify.html") });

  await news.getByRole("button", { name: "Ausschalten" }).click();
  await expect(news.getByText("Ausgeschaltet. Es kommt nichts mehr.")).toBeVisible();
  await expect(line).toContainText("widerrufen");
});

test("a teammate asks for a consent in the talk, and writes down a withdrawal said on the phone", async ({ house, provider, desk }) => {
  await house.connectWhatsApp(provider);
  await offerNews(house);
  await provider.write(ANNA, "Guten Tag");
  await expect.poll(async () => (await house.conversations()).length).toBe(1);
  const [conversation] = await house.conversations();
  const { page } = await desk({ path: `/inbox/queue/${conversation?.id}` });
  const panel = page.getByRole("complementary", { name: "Kontakt" });
  await panel.getByRole("button", { name: "Um Einwilligung bitten" }).click();
  const dialog = page.getByRole("dialog", { name: /um Einwilligung bitten/ });
  await expect(dialog.getByText(/höchstens zweimal im Monat/)).toBeVisible();
  await expectAccessible(page, "asking for a consent");
  await dialog.getByRole("button", { name: "Frage senden" }).click();
  await expect(page.getByText("Die Frage ist unterwegs. Erst die Antwort der Person zählt.")).toBeVisible();
  const line = panel.getByRole("button", { name: /^Neuigkeiten/ });
  await expect(line).toContainText("Bestätigung offen");

  await expect.poll(async () => JSON.stringify(await provider.sent())).toContain("Ja");
  await provider.press(ANNA, /^Ja/);
  await expect(line).toContainText("erlaubt");
  await line.click();
  const proof = page.getByRole("dialog", { name: "Nachweis: Neuigkeiten" });
  await proof.getByRole("button", { name: "Widerruf eintragen" }).click();
  await proof.getByLabel("Wie hat die Person widerrufen?").fill("am Telefon, heute Vormittag");
  await proof.getByRole("button", { name: "Widerruf eintragen" }).click();
  await expect(line).toContainText("widerrufen");
});

test("what may be an objection is cleared up where one answers", async ({ house, provider, desk }) => {
  await house.connectWhatsApp(provider);
  await provider.write(ANNA, "Guten Tag");
  await expect.poll(async () => (await house.conversations()).length).toBe(1);
  const [conversation] = await house.conversations();
  const { page } = await desk({ path: `/inbox/queue/${conversation?.id}` });
  const bar = page.getByText("Das kann ein Widerspruch gegen Werbung sein.");
  await expect(bar).toHaveCount(0);
  await provider.write(ANNA, "Ich möchte bitte keinen Newsletter mehr von Ihnen");
  await expect(bar).toBeVisible();
  await page.getByRole("button", { name: "Klären" }).click();
  const dialog = page.getByRole("dialog", { name: /gemeint/ });
  await expect(dialog.getByRole("button", { name: "Etwas anderes war gemeint" })).toBeDisabled();
  await dialog.getByLabel("Woher wissen Sie es?").fill("hier nachgefragt");
  await expectAccessible(page, "clearing up an objection");
  await dialog.getByRole("button", { name: "Etwas anderes war gemeint" }).click();
  await expect(bar).toHaveCount(0);
  await expect(page.getByText(/Kein Widerspruch, geklärt von .*: hier nachgefragt/)).toBeVisible();
});
