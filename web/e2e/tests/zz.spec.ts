import { test } from "../src/fixtures.ts";
test("zz", async ({ house, customer, watch }) => {
  watch.tolerate(/./);
  const phone = await customer();
  await phone.say("Da bin ich");
  const context = phone.page.context();
  await phone.page.waitForTimeout(2000);
  console.log(await phone.page.evaluate(async () => (await Promise.all((await caches.keys()).map(async k => (await (await caches.open(k)).keys()).map(r => r.url)))).flat().join("\n")));
  await context.setOffline(true);
  await phone.write("Noch eine Frage");
  const p2 = await context.newPage();
  await p2.goto(`${house.url}/c/bergmann`).catch(e => console.log("OFFLINE GOTO", e.message));
  await p2.waitForTimeout(3000);
  await p2.screenshot({ path: "/tmp/zz.png" });
  await phone.page.close(); await p2.close();
  await context.setOffline(false);
  for (const w of [0, 500, 2000, 5000]) {
  const p = await context.newPage();
  await p.waitForTimeout(w);
  await p.goto(`${house.url}/c/bergmann`).then(() => console.log("OK", w), e => console.log("ONLINE GOTO", w, e.message));
  await p.waitForTimeout(500);
  await p.screenshot({ path: `/tmp/zz-${w}.png` });
  }
});
