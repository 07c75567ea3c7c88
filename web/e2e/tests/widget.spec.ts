// The launcher on the company's own page: strict policy there, no trace before the tap.
import type { Channel, Entry, List } from "@tresen/api";
import { expectAccessible } from "../src/axe.ts";
import { expect, PHONE, test } from "../src/fixtures.ts";
import { type House, SLUG } from "../src/house.ts";
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
  watch.tolerate(/frame-ancestors|Refused to frame|violates the following Content Security Policy|the chat does not answer/);
  const shop = await Shop.open(() => house.url);
  try {
    watch.own.add(new URL(shop.url).host);
    await entryFor(house, ["https://www.koffer.example"]);
    const page = await (await open()).newPage();
    await page.goto(shop.url);
    const said: string[] = [];
    page.on("console", (message) => message.type() === "warning" && said.push(message.text()));
    await page.getByRole("button", { name: /Chat öffnen/ }).click();
    await expect.poll(() => watch.complaints.join("\n")).toMatch(/frame-ancestors/);
    await expect(page.frameLocator("iframe").getByRole("heading", { name: "Koffer-Laden" })).toHaveCount(0);
    // Who stands before it is not left with an empty frame, and who runs the site reads what to do.
    await expect(page.getByText("Der Chat lässt sich auf dieser Seite nicht zeigen.")).toBeVisible();
    await expect(page.locator("iframe")).toBeHidden();
    await expect(page.getByRole("link", { name: "In eigenem Fenster öffnen" })).toHaveAttribute("href", `${house.url}/c/laden`);
    await expect.poll(() => said.join("\n")).toContain(`Is ${shop.url} named among the websites of the entry "laden"`);
    await expectAccessible(page, "the shop without its chat");
    await page.getByRole("button", { name: "Chat schließen" }).click();
    await expect(page.getByText("Der Chat lässt sich auf dieser Seite nicht zeigen.")).toBeHidden();
  } finally {
    await shop.close();
  }
});

test("who knows only the pages names the website and the widget works there", async ({ house, open, watch, desk }) => {
  const shop = await Shop.open(() => house.url, "", SLUG);
  try {
    watch.own.add(new URL(shop.url).host);
    const { page } = await desk({ path: "/settings/channels" });
    await page.getByText(`${house.url}/c/${SLUG}`).click();
    await expect(page.getByText("Noch keine Website genannt", { exact: false })).toBeVisible();
    const sites = page.getByLabel("Auf welchen Websites?");
    await sites.fill("kein Satz");
    await sites.press("Enter");
    await expect(page.getByText("„kein“ ist keine Adresse einer Website.", { exact: false })).toBeVisible();
    await sites.fill(`${shop.url}/kontakt, www.koffer.example`);
    await sites.press("Enter");
    await expect(page.getByText("Der Chat ist auf diesen Websites ab sofort zu sehen.", { exact: false })).toBeVisible();
    await expect(sites).toHaveValue(`${shop.url} https://www.koffer.example`);
    await expectAccessible(page, "the entry's websites");

    const visitor = await (await open()).newPage();
    await visitor.goto(shop.url);
    await visitor.getByRole("button", { name: /Chat öffnen/ }).click();
    await expect(visitor.frameLocator("iframe").getByText("Nur Sie und Bergmann lesen hier mit.")).toBeVisible();
  } finally {
    await shop.close();
  }
});
