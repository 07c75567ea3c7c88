// The line breaks in mid-sentence, the server is killed and comes back: nothing lost, nothing twice.
import { expect, test } from "../src/fixtures.ts";
import { SLUG } from "../src/house.ts";
import { Customer } from "../src/customer.ts";

const CUSTOMERS_BANNER = /Ohne Verbindung|Keine Verbindung|Verbindung unterbrochen/;

test("both sides go offline while writing", async ({ house, customer, desk, watch }) => {
  watch.tolerate(/ERR_INTERNET_DISCONNECTED|WebSocket/);
  const phone = await customer();
  await phone.say("Erstens");
  const [conversation] = await house.conversations();
  const teammate = await desk({ path: `/inbox/queue/${conversation?.id}` });
  await teammate.reply("Ich schaue");
  await expect(phone.message("Ich schaue")).toBeVisible();

  await phone.field.fill("Zwei");
  await Promise.all([phone.page.context().setOffline(true), teammate.page.context().setOffline(true)]);
  await Promise.all([
    expect(phone.page.getByText(CUSTOMERS_BANNER)).toBeVisible(),
    expect(teammate.page.getByText(/Verbindung unterbrochen/)).toBeVisible(),
  ]);

  await phone.field.pressSequentially("tens");
  await phone.sendButton.click();
  await phone.write("Drittens");
  await expect(phone.marks("wartet")).toHaveCount(2);
  await expect(phone.page.getByText(/Keine Verbindung\. Ihre Nachricht wartet hier/)).toBeVisible();
  await teammate.reply("nach und");
  await teammate.reply("melde mich gleich");
  await expect(teammate.marks("wartet")).toHaveCount(2);

  await phone.page.context().setOffline(false);
  await teammate.page.context().setOffline(false);
  await expect(phone.marks("wartet")).toHaveCount(0, { timeout: 20_000 });
  await expect(teammate.marks("wartet")).toHaveCount(0, { timeout: 20_000 });

  const messages = await house.messages(conversation?.id ?? "");
  const by = (direction: string) => messages.filter((message) => message.direction === direction).map(({ text }) => text);
  expect(by("inbound")).toEqual(["Erstens", "Zweitens", "Drittens"]);
  expect(by("outbound")).toEqual(["Ich schaue", "nach und", "melde mich gleich"]);
  for (const { text } of messages) {
    await expect(phone.message(text ?? "")).toHaveCount(1);
    await expect(teammate.message(text ?? "")).toHaveCount(1);
  }
  await expect(phone.page.getByText(CUSTOMERS_BANNER)).toHaveCount(0);
});

for (const signal of ["SIGKILL", "SIGTERM"] as const) {
  test(`the server ends by ${signal} and comes back`, async ({ house, customer, desk, watch }) => {
    watch.tolerate(/ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|ERR_INCOMPLETE|WebSocket/);
    const phone = await customer();
    await phone.say("Vor dem Neustart");
    const [conversation] = await house.conversations();
    const teammate = await desk({ path: `/inbox/queue/${conversation?.id}` });
    await teammate.answer.fill("Angefangen");

    const code = await house.stop(signal);
    expect(code).toBe(signal === "SIGTERM" ? 0 : null);
    await Promise.all([
      expect(phone.page.getByText(CUSTOMERS_BANNER)).toBeVisible(),
      expect(teammate.page.getByText(/Verbindung unterbrochen/)).toBeVisible(),
    ]);
    await phone.write("Währenddessen eins");
    await phone.write("Währenddessen zwei");
    await teammate.answer.press("Enter");
    await expect(phone.marks("wartet")).toHaveCount(2);
    await expect(teammate.marks("wartet")).toHaveCount(1);

    await house.startAgain();
    await expect(phone.message("Angefangen")).toBeVisible({ timeout: 30_000 });
    await expect(phone.marks("wartet")).toHaveCount(0, { timeout: 30_000 });
    await expect(teammate.message("Währenddessen zwei")).toBeVisible({ timeout: 30_000 });
    const messages = await house.messages(conversation?.id ?? "");
    expect(messages.filter(({ direction }) => direction === "inbound").map(({ text }) => text)).toEqual(["Vor dem Neustart", "Währenddessen eins", "Währenddessen zwei"]);
    expect(messages.filter(({ direction }) => direction === "outbound").map(({ text }) => text)).toEqual(["Angefangen"]);
  });
}

test("what was written without a network survives a closed page, and the page opens without one", async ({ house, customer, watch }) => {
  watch.tolerate(/ERR_INTERNET_DISCONNECTED|ERR_FAILED|WebSocket/);
  const phone = await customer();
  await phone.say("Da bin ich");
  // The worker keeps the page in its own time.
  await expect.poll(() => phone.page.evaluate(async () => (await caches.match(location.pathname)) !== undefined)).toBe(true);
  const context = phone.page.context();
  await context.setOffline(true);
  await phone.write("Noch eine Frage");
  await expect(phone.marks("wartet")).toHaveCount(1);
  await phone.page.close();

  const meanwhile = new Customer(await context.newPage());
  await meanwhile.page.goto(`${house.url}/c/${SLUG}`);
  await expect(meanwhile.message("Noch eine Frage")).toHaveCount(1);
  await expect(meanwhile.marks("wartet")).toHaveCount(1);
  await meanwhile.page.close();

  await context.setOffline(false);
  const again = new Customer(await context.newPage());
  await again.page.goto(`${house.url}/c/${SLUG}`);
  await expect(again.marks("angenommen")).toHaveCount(2);
  await expect(again.message("Noch eine Frage")).toHaveCount(1);
  const [conversation] = await house.conversations();
  expect((await house.messages(conversation?.id ?? "")).map(({ text }) => text)).toEqual(["Da bin ich", "Noch eine Frage"]);
});

test("a timeline that could not be fetched takes nobody's words away", async ({ customer, house, desk, watch }) => {
  watch.tolerate(/ERR_SOCKET_NOT_CONNECTED|ERR_CONNECTION/);
  const phone = await customer();
  await phone.say("Kommt der Anfang an?");
  const [conversation] = await house.conversations();
  const teammate = await desk({ path: "/inbox/queue" });
  const { page, answer, timeline } = teammate;
  const away = ["**/timeline?*", "**/conversations/*/messages"];
  for (const path of away) await page.route(path, (route) => route.abort("connectionreset"));
  await page.getByRole("link", { name: /Kommt der Anfang an/ }).click();
  await expect(page.getByText("Das Gespräch konnte nicht geladen werden.")).toBeVisible();
  await answer.fill("Ich schreibe schon");
  await answer.press("Enter");
  await expect(teammate.marks("wartet")).toHaveCount(1);
  await answer.fill("Und weiter");
  for (const path of away) await page.unroute(path);
  await page.getByRole("button", { name: "Erneut versuchen" }).click();
  await expect(timeline.getByText("Kommt der Anfang an?")).toBeVisible();
  await expect(answer).toHaveValue("Und weiter");
  await expect(phone.message("Ich schreibe schon")).toBeVisible({ timeout: 30_000 });
  await expect(teammate.marks("wartet")).toHaveCount(0);
  expect((await house.messages(conversation?.id ?? "")).map(({ text }) => text)).toEqual(["Kommt der Anfang an?", "Ich schreibe schon"]);
});
