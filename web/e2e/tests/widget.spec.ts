// The launcher on the company's own page: strict policy there, no trace before the tap.
import type { Channel, Entry, List } from "@tresen/api";
import { expectAccessible } from "../src/axe.ts";
import { expect, PHONE, test } from "../src/fixtures.ts";
import type { House } from "../src/house.ts";
import { Shop } from "../src/shop.ts";

async function entryFor(house: House, origins: string[]): Promise<Entry> {
  const { items } = await house.get<List<Channel>>("/channels");
  const chat = items.find(({ kind }) => kind === "webchat");
  return house.post<Entry>("/entries", { channel_id: chat?.id, slug: "laden", title: "Koffer-Laden", locale: "de", allowed_origins: origins });
}

test("a customer writes from the shop's page and gets the answer with the widget closed", async ({ house, open, watch, desk }) => {
  const shop = await Shop.open(() => house.url);
  try {
    watch.own.add(new URL(shop.url).host);
    await entryFor(house, [shop.url]);
    const context = await open();
    const page = await context.newPage();
    const requests: string[] = [];
    page.on("request", (request) => requests.push(new URL(request.url()).pathname));
    await page.goto(shop.url);
    const launcher = page.getByRole("button", { name: /Chat öffnen/ });
    await expect(launcher).toBeVisible();
    await page.waitForLoadState("networkidle");
    expect(requests.filter((path) => path !== "/")).toEqual(["/chat.js"]);
    expect(await context.cookies()).toEqual([]);
    await expectAccessible(page, "the shop with the launcher");

    await launcher.click();
    const frame = page.frameLocator("iframe");
    await expect(frame.getByRole("heading", { name: "Koffer-Laden" })).toBeFocused();
    await expect(frame.getByText("Nur Sie und Bergmann lesen hier mit.")).toBeVisible();
    await frame.getByLabel("Nachricht", { exact: true }).fill("Gibt es den Koffer in Grün?");
    await frame.getByRole("button", { name: "Senden", exact: true }).click();
    await expect(frame.getByRole("img", { name: "angenommen" })).toBeVisible();

    const [conversation] = await house.conversations();
    const teammate = await desk({ path: `/inbox/queue/${conversation?.id}` });
    await expect(teammate.page.getByText("Gespräch über „Koffer-Laden“ begonnen")).toBeVisible();
    await frame.getByLabel("Nachricht", { exact: true }).press("Escape");
    await expect(page.locator("iframe")).toBeHidden();
    await expect(launcher).toBeFocused();
    await teammate.reply("Ja, ab Freitag.");
    await expect(page.getByRole("button", { name: /Chat öffnen, 1 neue Nachricht/ })).toBeVisible();
    await page.getByRole("button", { name: /Chat öffnen/ }).click();
    await expect(frame.locator(".rows").getByText("Ja, ab Freitag.")).toBeVisible();
    await page.reload();
    await page.getByRole("button", { name: /Chat öffnen/ }).click();
    await expect(frame.locator(".rows").getByText("Ja, ab Freitag.")).toBeVisible();
  } finally {
    await shop.close();
  }
});

test("on a phone the widget takes the whole screen", async ({ house, open, watch }) => {
  const shop = await Shop.open(() => house.url);
  try {
    watch.own.add(new URL(shop.url).host);
    await entryFor(house, [shop.url]);
    const page = await (await open(PHONE)).newPage();
    await page.goto(shop.url);
    await page.getByRole("button", { name: /Chat öffnen/ }).tap();
    const frame = page.frameLocator("iframe");
    await expect(frame.getByRole("heading", { name: "Koffer-Laden" })).toBeVisible();
    expect(await page.locator("iframe").boundingBox()).toEqual({ x: 0, y: 0, width: 390, height: 844 });
    await frame.getByRole("button", { name: "Chat schließen" }).tap();
    await expect(page.locator("iframe")).toBeHidden();
  } finally {
    await shop.close();
  }
});

test("a site that was not named may not show the chat", async ({ house, open, watch }) => {
  watch.tolerate(/frame-ancestors|Refused to frame|violates the following Content Security Policy/);
  const shop = await Shop.open(() => house.url);
  try {
    watch.own.add(new URL(shop.url).host);
    await entryFor(house, ["https://www.koffer.example"]);
    const page = await (await open()).newPage();
    await page.goto(shop.url);
    await page.getByRole("button", { name: /Chat öffnen/ }).click();
    await expect.poll(() => watch.complaints.join("\n")).toMatch(/frame-ancestors/);
    await expect(page.frameLocator("iframe").getByRole("heading", { name: "Koffer-Laden" })).toHaveCount(0);
  } finally {
    await shop.close();
  }
});
