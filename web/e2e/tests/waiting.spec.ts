// What has not left must not look sent, and a channel that does not work says why.
import { expectAccessible } from "../src/axe.ts";
import { expect, PHONE, test } from "../src/fixtures.ts";

test("a message the provider does not take waits visibly and says why", async ({ house, provider, desk }) => {
  await house.connectWhatsApp(provider);
  await provider.write("usr_anna", "Ist der Koffer da?");
  await expect.poll(async () => (await house.conversations()).length).toBe(1);
  const [conversation] = await house.conversations();
  const teammate = await desk({ path: `/inbox/queue/${conversation?.id}` });
  await provider.call("POST", "/_sim/faults", { http_429: 99, on: "messages" });
  const channel = (await house.channels()).find(({ kind }) => kind === "whatsapp");
  await teammate.reply("Ja, seit heute.");
  await expect(teammate.marks("noch nicht gesendet")).toHaveCount(1);
  await expect(teammate.marks("übergeben")).toHaveCount(0);
  await test.step("a channel that stands is the reason, at once", async () => {
    await house.patch(`/channels/${channel?.id}`, { state: "paused" });
    await expect(teammate.timeline.getByText(/Wartet seit .* Der Kanal ist angehalten\./)).toBeVisible();
    await expectAccessible(teammate.page, "a waiting message");
  });
});

test("a provider that is away is told in words", async ({ house, provider, desk }) => {
  await house.connectWhatsApp(provider);
  await provider.write("usr_anna", "Ist der Koffer da?");
  await expect.poll(async () => (await house.conversations()).length).toBe(1);
  const [conversation] = await house.conversations();
  const teammate = await desk({ path: `/inbox/queue/${conversation?.id}` });
  await expect(teammate.message("Ist der Koffer da?")).toBeVisible();
  await provider.close();
  await teammate.reply("Ja, seit heute.");
  await expect(teammate.timeline.getByText(/Wartet seit \d\d:\d\d\. Anbieter nicht erreichbar, wird weiter versucht\./)).toBeVisible();
  await expect(teammate.marks("noch nicht gesendet")).toHaveCount(1);
});

test("a channel whose access was refused says why, on its card and above the text field", async ({ house, provider, desk }) => {
  await house.connectWhatsApp(provider);
  await provider.write("usr_anna", "Ist der Koffer da?");
  await expect.poll(async () => (await house.conversations()).length).toBe(1);
  const [conversation] = await house.conversations();
  const teammate = await desk({ path: `/inbox/queue/${conversation?.id}` });
  await provider.call("POST", "/_sim/faults", { revoke_token: true });
  await teammate.reply("Ja, seit heute.");
  const why = "Der Zugangsschlüssel ist abgelaufen oder ungültig.";
  await expect(teammate.page.locator(".composer").getByText(why, { exact: false })).toBeVisible();
  const settings = await desk({ path: "/settings/channels" });
  await expect(settings.page.getByText("gestört", { exact: true })).toBeVisible();
  await expect(settings.page.getByText(why, { exact: false })).toBeVisible();
  await expect(settings.page.getByText("schalten Sie den Kanal hier mit „Fortsetzen“ wieder ein", { exact: false })).toBeVisible();
  await expectAccessible(settings.page, "a broken channel");
});

test("to whom and over which channel stands in words above the field, on a phone too", async ({ house, provider, customer, desk, open }) => {
  await house.connectWhatsApp(provider);
  await provider.write("usr_anna", "Ist der Koffer da?");
  await expect.poll(async () => (await house.conversations()).length).toBe(1);
  const phone = await customer();
  await phone.say("Guten Tag");
  const all = await house.conversations();
  const context = await open(PHONE);
  await house.signIn(context);
  const { page } = await desk({ path: "/inbox/queue" });
  const small = await context.newPage();
  for (const [kind, words] of [["webchat", [/Sicherer Chat/]], ["whatsapp", [/\+49 171/, /WhatsApp/]]] as const) {
    const path = `/inbox/queue/${all.find((one) => one.channel_kind === kind)?.id}`;
    for (const screen of [page, small]) {
      await screen.goto(`${house.url}${path}`);
      const line = screen.locator("#composer-to");
      for (const word of words) await expect(line.getByText(word)).toBeVisible();
      await expect.poll(() => line.evaluate((element) => element.scrollWidth <= element.clientWidth)).toBe(true);
    }
  }
});
