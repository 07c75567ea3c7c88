// What stays behind in a browser, what a file can do that is opened by its link, and whom the pages ask.
import type { BrowserContext, Page } from "@playwright/test";
import { Customer } from "../src/customer.ts";
import { expect, PHONE, test } from "../src/fixtures.ts";
import { Eye } from "../src/hostile.ts";
import { SLUG } from "../src/house.ts";
import { cameraPhoto } from "../src/photo.ts";

/** Everything that the browser keeps for this origin, as text. */
function kept(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const done = <T>(request: IDBRequest<T>) => new Promise<T>((resolve, reject) => {
      request.addEventListener("success", () => resolve(request.result));
      request.addEventListener("error", () => reject(request.error));
    });
    const parts: unknown[] = [{ ...localStorage }, { ...sessionStorage }];
    for (const { name } of await indexedDB.databases()) {
      const database = await done(indexedDB.open(name ?? ""));
      for (const store of database.objectStoreNames) parts.push(name, await done(database.transaction(store).objectStore(store).getAll()));
      database.close();
    }
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) parts.push(request.url, await (await cache.match(request))?.text());
    }
    return JSON.stringify(parts);
  });
}

const SECRET = "Meine Kundennummer ist Kanarienvogel-4711";

// Case: XS13
test("who signs out of the desk leaves nothing in the browser", async ({ house, customer, desk, watch }) => {
  watch.tolerate(/401|WebSocket/);
  const phone = await customer();
  await phone.say(SECRET);
  const [conversation] = await house.conversations();
  const { page, answer, timeline } = await desk({ path: `/inbox/queue/${conversation?.id}` });
  await expect(timeline.getByText(SECRET)).toBeVisible();
  await answer.pressSequentially("Kanarienvogel im Entwurf");
  await expect(page.getByText("Entwurf gesichert")).toBeVisible();
  // The draft is on the device until then; otherwise the test below would prove nothing.
  await expect.poll(() => kept(page)).toContain("Kanarienvogel");
  await page.goto(`${house.url}/settings/account`);
  await page.getByRole("main").getByRole("button", { name: "Abmelden", exact: true }).click();
  await expect(page.getByRole("textbox", { name: "Passwort", exact: true })).toBeVisible();
  const rest = await kept(page);
  expect(rest).not.toContain("Kanarienvogel");
  expect(rest).not.toContain(conversation?.id);
  expect((await page.context().cookies()).filter(({ name, value }) => name === "tresen_session" && value !== "")).toEqual([]);
  for (let step = 0; step < 2; step += 1) {
    await page.goBack().catch(() => null);
    await expect(page.getByText(/Kanarienvogel/)).toHaveCount(0);
  }
});

// Case: XS13
test("the chat's worker keeps the page and nothing that was said", async ({ house, customer }) => {
  const phone = await customer();
  await phone.say(SECRET);
  const [conversation] = await house.conversations();
  await house.post(`/conversations/${conversation?.id}/messages`, { text: "Ihre Antwort vom Kanarienvogel" });
  await expect(phone.message("Ihre Antwort vom Kanarienvogel")).toBeVisible();
  await expect.poll(() => phone.page.evaluate(() => caches.keys())).not.toEqual([]);
  await phone.page.reload();
  await expect(phone.message(SECRET)).toBeVisible();
  expect(await kept(phone.page)).not.toContain("Kanarienvogel");
});

const SCRIPT = "try{caught(1)}catch(e){}";
const FILES = [
  { name: "bild.svg", mimeType: "image/svg+xml", text: `<svg xmlns="http://www.w3.org/2000/svg" onload="${SCRIPT}"><script>${SCRIPT}</script></svg>` },
  { name: "foto.jpg", mimeType: "image/jpeg", text: `<!doctype html><script>${SCRIPT}</script>` },
  { name: "seite.html", mimeType: "text/html", text: `<!doctype html><script>${SCRIPT}</script><meta http-equiv=refresh content="0;url=//evil.example/">` },
  { name: "daten.xml", mimeType: "text/xml", text: `<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="#x"?><x:script xmlns:x="http://www.w3.org/1999/xhtml">${SCRIPT}</x:script>` },
  { name: "seite.xhtml", mimeType: "application/xhtml+xml", text: `<html xmlns="http://www.w3.org/1999/xhtml"><script>${SCRIPT}</script></html>` },
  { name: "archiv.mht", mimeType: "message/rfc822", text: `MIME-Version: 1.0\nContent-Type: text/html\n\n<script>${SCRIPT}</script>` },
  { name: "dokument.pdf", mimeType: "application/pdf", text: `%PDF-1.4\n1 0 obj<</Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>>>endobj\ntrailer<</Root 1 0 R>>` },
  { name: "skript.js", mimeType: "text/javascript", text: SCRIPT },
];

/** A picture by its first bytes, a program by the rest. */
const HALF_PICTURE = `GIF89a/*\u0000*/=1;${SCRIPT}//`;

/** Opens each link as a person would, and as a page that wants to run it as its own script. */
async function openEach(context: BrowserContext, eye: Eye, origin: string, links: string[]): Promise<void> {
  const page = await context.newPage();
  for (const link of links) {
    await page.goto(`${origin}${link}`).catch(() => null); // A download is no page.
    await page.goto(`${origin}/healthz`);
    const loaded = await page.evaluate(
      (link) =>
        new Promise<string>((resolve) => {
          const script = document.createElement("script");
          script.src = link;
          script.addEventListener("load", () => resolve("loaded"));
          script.addEventListener("error", () => resolve("refused"));
          document.documentElement.append(script);
        }),
      link,
    );
    expect(loaded, link).toBe("refused");
  }
  eye.check();
  await page.close();
}

// Case: XS05
test("no file that is opened by its link runs anything", async ({ house, open, watch }) => {
  watch.tolerate(/Refused|Content Security Policy|MIME|nosniff|ERR_|404|415|422/);
  const eye = new Eye();
  const context = await open(PHONE);
  await eye.follow(context);
  const page = await context.newPage();
  const customer = new Customer(page);
  await page.goto(`${house.url}/c/${SLUG}`);
  for (const { name, mimeType, text } of FILES) {
    await customer.attach({ name, mimeType, buffer: Buffer.from(text, "latin1") });
    await customer.sendButton.click();
    await expect(customer.marks("wartet")).toHaveCount(0);
  }
  const [conversation] = await house.conversations();
  const links = (await house.messages(conversation?.id ?? "")).flatMap(({ attachments }) => attachments.map(({ url }) => url ?? ""));
  expect(links).toHaveLength(FILES.length);
  const desk = await open();
  await eye.follow(desk);
  await house.signIn(desk);
  for (const [place, link] of links.entries()) {
    const answer = await desk.request.get(`${house.url}${link}`);
    const headers = answer.headers();
    expect(answer.status(), FILES[place]?.name).toBe(200);
    expect(headers["content-disposition"], FILES[place]?.name).toMatch(/^attachment/);
    expect(headers["content-type"], FILES[place]?.name).toBe("application/octet-stream");
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers["content-security-policy"]).toBe("sandbox; default-src 'none'");
    expect(headers["cross-origin-resource-policy"]).toBe("same-origin");
  }
  await openEach(desk, eye, house.url, links);
  const own = await page.evaluate(async () => {
    const { items } = (await (await fetch("/chat/v1/timeline")).json()) as { items: { attachments?: { url: string }[] }[] };
    return items.flatMap(({ attachments = [] }) => attachments.map(({ url }) => url));
  });
  expect(own).toHaveLength(FILES.length);
  await openEach(context, eye, house.url, own);
  const refused = await page.evaluate(async (body) => (await fetch("/chat/v1/attachments?name=zwitter.gif", { method: "POST", headers: { "content-type": "image/gif" }, body })).status, HALF_PICTURE);
  expect(refused).toBe(422);
});

/** Tells what the pages' policies had to refuse. */
async function violations(context: BrowserContext): Promise<string[]> {
  const told: string[] = [];
  await context.exposeBinding("refused", (_source, what: string) => void told.push(what));
  await context.addInitScript(() =>
    addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sourceFile }) =>
      (globalThis as unknown as { refused: (what: string) => void }).refused(`${violatedDirective} ${blockedURI} ${sourceFile}`),
    ),
  );
  return told;
}

// Case: XS09, PL07
test("a day at the desk and in the chat breaks no policy and asks nobody else", async ({ house, provider, open, watch }) => {
  watch.tolerate(/evil\.example/);
  watch.own.add("evil.example");
  await house.connectWhatsApp(provider);
  await provider.write("+49 171 39200 01", "Guten Morgen, was kostet das?");
  const hosts = new Set<string>();
  const [phone, desk] = [await open(PHONE), await open()];
  const told = [await violations(phone), await violations(desk)];
  for (const context of [phone, desk]) context.on("request", (request) => hosts.add(new URL(request.url()).host));
  const customer = new Customer(await phone.newPage());
  await customer.page.goto(`${house.url}/c/${SLUG}`);
  await customer.say("Guten Tag, haben Sie das auch in Blau?");
  await customer.attach(await cameraPhoto(customer.page, 320, 240).then((buffer) => ({ name: "bild.jpg", mimeType: "image/jpeg", buffer })));
  await customer.sendButton.click();
  await expect(customer.marks("wartet")).toHaveCount(0);
  await house.signIn(desk);
  const page = await desk.newPage();
  for (const view of ["mine", "queue", "all"]) {
    await page.goto(`${house.url}/inbox/${view}`);
    await page.waitForLoadState("networkidle");
  }
  for (const { id } of await house.conversations()) {
    await page.goto(`${house.url}/inbox/queue/${id}`);
    await page.getByLabel(/^Antwort an/).fill("Ja, in drei Tönen.");
    await page.keyboard.press("Enter");
    const answer = page.getByRole("log").getByText("Ja, in drei Tönen.");
    await expect(answer).toBeVisible();
    // It is on its way while it is shown; whoever leaves at once sends it the next time.
    await expect.poll(async () => (await house.messages(id)).map(({ text }) => text)).toContain("Ja, in drei Tönen.");
  }
  for (const section of ["channels", "team", "company", "alerts", "account", "appearance"]) {
    await page.goto(`${house.url}/settings/${section}`);
    await page.waitForLoadState("networkidle");
  }
  await expect(customer.message("Ja, in drei Tönen.")).toBeVisible();
  expect(told.flat(), "what a policy refused").toEqual([]);
  expect([...hosts].filter(Boolean)).toEqual([new URL(house.url).host]);

  await test.step("and the watch hears a refusal when there is one", async () => {
    await page.evaluate(() => void document.body.append(Object.assign(document.createElement("img"), { src: "https://evil.example/pixel.png" })));
    await expect.poll(() => told.flat().length).toBeGreaterThan(0);
  });
});
