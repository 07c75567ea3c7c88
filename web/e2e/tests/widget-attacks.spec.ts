// A hostile page around the widget, and a hostile frame beside it.
import type { Channel, Entry, List } from "@tresen/api";
import type { FrameLocator, Page } from "@playwright/test";
import { expect, test } from "../src/fixtures.ts";
import type { House } from "../src/house.ts";
import { Shop } from "../src/shop.ts";

async function entryFor(house: House, origin: string): Promise<void> {
  const { items } = await house.get<List<Channel>>("/channels");
  const chat = items.find(({ kind }) => kind === "webchat");
  await house.post<Entry>("/entries", { channel_id: chat?.id, slug: "laden", title: "Koffer-Laden", locale: "de", allowed_origins: [origin] });
}

async function openWidget(page: Page): Promise<FrameLocator> {
  await page.getByRole("button", { name: /Chat öffnen/ }).click();
  const frame = page.frameLocator("iframe[title=Chat]");
  await expect(frame.getByRole("heading", { name: "Koffer-Laden" })).toBeVisible();
  return frame;
}

async function say(frame: FrameLocator, text: string): Promise<void> {
  await frame.getByLabel("Nachricht", { exact: true }).fill(text);
  await frame.getByRole("button", { name: "Senden", exact: true }).click();
  await expect(frame.getByRole("img", { name: "angenommen" }).last()).toBeVisible();
}

/** Posts ten thousand odd messages to whoever `to` names; runs in the page. */
function flood({ to, count }: { to: "page" | "chat"; count: number }): void {
  const host = document.querySelector("[data-tresen]");
  const chat = host?.shadowRoot?.querySelector("iframe")?.contentWindow;
  const target = to === "chat" ? chat : window;
  const types = ["opened", "closed", "close", "ready", "unread", "sent", "__proto__", "constructor", "toString", "", "eval"];
  const values = [null, undefined, 0, -1, NaN, Infinity, 1e308, "caught(1)", "<img src=x onerror=caught(1)>", [], {}, new Date(0), new Map([["polluted", 1]]), new Uint8Array(8), 10n];
  const odd = [
    JSON.parse('{"__proto__":{"polluted":1},"from":"tresen","type":"unread","count":1}'),
    JSON.parse('{"constructor":{"prototype":{"polluted":1}},"from":"tresen"}'),
    "x".repeat(5_000_000),
    { from: "tresen", type: { toString: 1 } },
    { from: ["tresen"], type: ["close"] },
  ];
  for (let number = 0; number < count; number += 1) {
    const message = number < odd.length ? odd[number] : { from: number % 3 ? "tresen" : "Tresen", type: types[number % types.length], count: values[number % values.length], data: values[(number * 7) % values.length] };
    target?.postMessage(message, "*");
  }
}

// Case: WI05
test("ten thousand odd messages from the page change nothing", async ({ house, open, watch }) => {
  const shop = await Shop.open(() => house.url);
  try {
    watch.own.add(new URL(shop.url).host);
    await entryFor(house, shop.url);
    const page = await (await open()).newPage();
    await page.goto(shop.url);
    const frame = await openWidget(page);
    await page.evaluate(flood, { to: "page" as const, count: 10_000 });
    await page.evaluate(flood, { to: "chat" as const, count: 10_000 });
    // What the page itself says is the page's right: it may open and close its own widget, no more.
    await expect(page.locator("iframe[title=Chat]")).toBeVisible();
    const polluted = () => (({}) as { polluted?: unknown }).polluted === undefined;
    expect(await page.evaluate(polluted)).toBe(true);
    expect(await frame.locator("body").evaluate(polluted)).toBe(true);
    await say(frame, "Hier ist noch alles wie zuvor.");
    expect(await house.conversations()).toHaveLength(1);
  } finally {
    await shop.close();
  }
});

// Case: WI05
test("a foreign frame on the same page has nothing to say", async ({ house, open, watch }) => {
  // The shop's policy lets the foreign frame in as data, and so without any origin.
  watch.tolerate(/Content Security Policy|Refused to frame/);
  const shop = await Shop.open(() => house.url);
  try {
    watch.own.add(new URL(shop.url).host);
    await entryFor(house, shop.url);
    const context = await open();
    const page = await context.newPage();
    const address = `${house.url}/_chat/hostile`;
    await context.route(address, (route) => route.fulfill({ contentType: "text/html", body: "<title>foreign</title>" }));
    await page.goto(shop.url);
    const frame = await openWidget(page);
    await page.evaluate((address) => {
      const foreign = document.createElement("iframe");
      foreign.title = "foreign";
      foreign.src = address;
      document.body.append(foreign);
    }, address);
    // From the very origin of the chat, but not from its frame.
    await page.frameLocator("iframe[title=foreign]").locator("html").evaluate(() => {
      for (const type of ["close", "ready", "sent", "unread"]) parent.postMessage({ from: "tresen", type, count: 77 }, "*");
      for (const other of Object.values(parent.frames)) (other as Window).postMessage?.({ from: "tresen", type: "closed" }, "*");
    });
    await expect(page.locator("iframe[title=Chat]")).toBeVisible();
    await expect(page.getByRole("button", { name: /77/ })).toHaveCount(0);
    await say(frame, "Niemand hat dazwischengeredet.");
  } finally {
    await shop.close();
  }
});

const CLOBBERED = `<form id="tresen" name="tresen"><input name="open"><input name="destroy"></form>
<img name="currentScript" src="data:," data-entry="fremd" alt=""><a id="location" href="data:,"></a>
<form id="postMessage"></form><form id="CSSStyleSheet"></form><input id="addEventListener"><a id="navigator"></a>`;

// Case: WI06
test("names of the shop's own elements do not confuse the widget", async ({ house, open, watch }) => {
  const shop = await Shop.open(() => house.url, CLOBBERED);
  try {
    watch.own.add(new URL(shop.url).host);
    await entryFor(house, shop.url);
    const page = await (await open()).newPage();
    await page.goto(shop.url);
    // The page's policy allows no inline script, no eval and no policy for trusted types; the watch
    // would have heard of every refusal.
    const frame = await openWidget(page);
    await say(frame, "Das Formular heißt wie das Programm.");
    expect(await page.evaluate(() => typeof (window as unknown as { tresen: { open?: unknown } }).tresen.open)).toBe("function");
  } finally {
    await shop.close();
  }
});

const CARD = "4111 1111 1111 1111";

// Case: WI07
test("the widget's frame reads nothing of the shop's page", async ({ house, open, watch }) => {
  const shop = await Shop.open(() => house.url, `<label>Kartennummer <input id="card" autocomplete="off"></label>`);
  try {
    watch.own.add(new URL(shop.url).host);
    await entryFor(house, shop.url);
    const context = await open();
    const page = await context.newPage();
    const sent: string[] = [];
    context.on("request", (request) => sent.push(`${request.url()} ${JSON.stringify(request.headers())} ${request.postData() ?? ""}`));
    page.on("websocket", (socket) => socket.on("framesent", ({ payload }) => sent.push(payload.toString())));
    await page.goto(shop.url);
    await page.getByLabel("Kartennummer").fill(CARD);
    const frame = await openWidget(page);
    await say(frame, "Welche Karten nehmen Sie?");
    const reach = await frame.locator("body").evaluate(() => {
      const tried = (read: () => unknown) => {
        try {
          return String(read());
        } catch (error) {
          return (error as Error).name;
        }
      };
      return [tried(() => parent.document.body.innerHTML), tried(() => parent.location.href), tried(() => (parent as unknown as { card: HTMLInputElement }).card.value)];
    });
    expect(reach).toEqual(["SecurityError", "SecurityError", "SecurityError"]);
    expect(new URL(page.url()).host).not.toBe(new URL(house.url).host);
    expect(sent.length).toBeGreaterThan(5);
    expect(sent.filter((one) => /4111|kartennummer/i.test(one))).toEqual([]);
    // Not even the address of the page that is read: the shop's own policy aside, we ask for none.
    expect(sent.filter((one) => one.startsWith(`${house.url}/chat/v1`) && one.includes(new URL(shop.url).host))).toEqual([]);
  } finally {
    await shop.close();
  }
});
