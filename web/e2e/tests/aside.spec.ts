// Conversations put aside, tagged, and what happens to an action without a line.
import { expect, test } from "../src/fixtures.ts";

test("H puts a conversation aside, T tags it, and both are undone or changed", async ({ house, customer, desk }) => {
  const phone = await customer();
  await phone.say("Melden Sie sich nächste Woche?");
  const [conversation] = await house.conversations();
  const { page, rows } = await desk({ path: `/inbox/queue/${conversation?.id}` });
  await expect(page.getByText("Melden Sie sich nächste Woche?").last()).toBeVisible();
  await page.keyboard.press("Escape");
  await page.keyboard.press("t");
  await expect(page.getByLabel("Schlagwort suchen oder anlegen")).toBeFocused();
  await page.keyboard.type("Rückruf");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Escape");
  await expect.poll(async () => (await house.conversations())[0]?.tags).toEqual(["Rückruf"]);
  await expect(rows.first()).toContainText("Rückruf");

  await page.keyboard.press("h");
  await expect(page.getByRole("dialog", { name: /auf Wiedervorlage$/ })).toBeVisible();
  await page.keyboard.press("m");
  await expect(page.getByText(/Auf Wiedervorlage: morgen, 09:00/)).toBeVisible();
  await expect(rows).toHaveCount(0);
  const [aside] = await house.conversations("status=snoozed");
  expect(new Date(aside?.snoozed_until ?? 0).getTime()).toBeGreaterThan(Date.now());
  await page.getByRole("link", { name: /^Wiedervorlage/ }).click();
  await expect(rows).toHaveCount(1);

  await page.keyboard.press("z");
  await expect.poll(async () => (await house.conversations("status=open")).length).toBe(1);
});

test("without a line E leaves everything as it is and says so", async ({ house, customer, desk, watch }) => {
  watch.tolerate(/ERR_INTERNET_DISCONNECTED|WebSocket/);
  const phone = await customer();
  await phone.say("Sind Sie da?");
  const [conversation] = await house.conversations();
  const { page, heading } = await desk({ path: `/inbox/queue/${conversation?.id}` });
  await expect(heading).toBeVisible();
  const path = new URL(page.url()).pathname;
  await page.context().setOffline(true);
  await expect(page.getByText(/Verbindung unterbrochen/)).toBeVisible();
  await page.keyboard.press("Escape");
  await page.keyboard.press("e");
  await expect(page.getByText("Nicht ausgeführt: Es gibt gerade keine Verbindung.")).toBeVisible();
  expect(new URL(page.url()).pathname).toBe(path);
  await page.context().setOffline(false);
  expect((await house.conversations()).map(({ status }) => status)).toEqual(["open"]);
});

test("the tab's title counts who waits, and its icon shows it", async ({ customer, desk }) => {
  const { page } = await desk({ path: "/inbox/done" });
  await expect(page).toHaveTitle("Tresen");
  const phone = await customer();
  await phone.say("Guten Tag");
  await expect(page).toHaveTitle("(1) Tresen");
  await expect(page.locator("link[rel=icon]")).toHaveAttribute("href", "/_desk/icon-waiting.svg");
});

test("an address the desk does not know leads back, an unknown conversation is asked for once", async ({ desk, watch }) => {
  watch.tolerate(/404/);
  const { page } = await desk({ path: "/inbox/nirgends" });
  await page.getByRole("link", { name: "Zu meinen Gesprächen" }).click();
  await expect(page.getByText("Ihr Tresen ist frei.")).toBeVisible();
  const asked: string[] = [];
  page.on("request", (request) => request.url().includes("cnv_01") && asked.push(request.url()));
  await page.goto(page.url().replace(/\/inbox.*/, "/inbox/mine/cnv_01m87j86cjf1wrqkbvm4j7e6bg"));
  await expect(page.getByText("Dieses Gespräch gibt es nicht mehr.", { exact: false })).toBeVisible();
  await page.waitForLoadState("networkidle");
  expect(asked.filter((url) => url.includes("/api/"))).toHaveLength(1);
});

test.describe("before anybody is set up", () => {
  test.use({ furnished: false });
  test("a reload of the wizard keeps what was entered, except the password", async ({ house, open, watch }) => {
    watch.tolerate(/401.*\/api\/v1\/session/);
    const page = await (await open()).newPage();
    await page.goto(house.setupLink);
    await page.getByLabel("Name des Betriebs").fill("Bergmann");
    await page.keyboard.press("Enter");
    await page.getByLabel("Ihr Name").fill("Aylin Kaya");
    await page.getByLabel("E-Mail").fill("aylin@bücher.example");
    await page.getByLabel("Passwort").fill("neun graue Gänse am See");
    await page.keyboard.press("Enter");
    await expect(page.getByLabel("Überschrift")).toHaveValue("Bergmann");
    await page.reload();
    await expect(page.getByLabel("E-Mail")).toHaveValue("aylin@bücher.example");
    await expect(page.getByLabel("Passwort")).toHaveValue("");
    expect(await page.evaluate(() => JSON.stringify(sessionStorage))).not.toContain("Gänse");
  });
});

// Check: WA-02
test("the customer ends the chat on a device, and is told about large files at once", async ({ house, customer }) => {
  const phone = await customer();
  const { page } = phone;
  await phone.say("Nur kurz");
  const uploads: string[] = [];
  page.on("request", (request) => request.url().includes("/attachments") && uploads.push(request.url()));
  await page.locator("input[type=file]").last().setInputFiles({ name: "film.mp4", mimeType: "video/mp4", buffer: Buffer.alloc(27_000_000) });
  await expect(page.getByText(/„film.mp4“ ist zu groß\. Möglich sind höchstens 25/)).toBeVisible();
  expect(uploads).toEqual([]);

  await page.getByRole("button", { name: "Einstellungen" }).click();
  await page.getByRole("button", { name: "Auf diesem Gerät beenden" }).click();
  await page.getByRole("button", { name: "Jetzt beenden" }).click();
  await expect(page.getByText("Guten Tag. Worum geht es?")).toBeVisible();
  await expect(phone.message("Nur kurz")).toHaveCount(0);
  expect(await page.evaluate(() => Object.keys(localStorage))).toEqual([]);
  expect((await page.context().cookies()).map(({ name }) => name)).toEqual([]);
  expect((await house.conversations()).length).toBe(1);
});
