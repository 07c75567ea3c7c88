// A day at the desk without touching the mouse.
import type { Conversation } from "@tresen/api";
import { countActions } from "../src/actions.ts";
import { expect, test } from "../src/fixtures.ts";
import type { House } from "../src/house.ts";
import type { Provider } from "../src/provider.ts";
import { TeammateDesk } from "../src/teammate.ts";

const PEOPLE = [
  ["sabine", "+49 171 39200 11", "Sabine Größmann", "Ist der Koffer in Blau da?"],
  ["mehmet", "+49 171 39200 12", "Mehmet Aydın", "Wo bleibt meine Rechnung?"],
  ["jan", "+49 171 39200 13", "Jan Petersen", "Der Reißverschluss klemmt."],
] as const;

/** Three people wait; the first of them longest. */
async function crowd(house: House, provider: Provider): Promise<void> {
  await house.connectWhatsApp(provider);
  for (const [place, [key, phone, name, text]] of PEOPLE.entries()) {
    await provider.person(key, phone, name);
    await provider.write(key, text, { agoMs: (PEOPLE.length - place) * 60_000 });
    await expect.poll(async () => (await house.conversations()).length).toBe(place + 1);
  }
}

async function conversationWith(house: House, name: string): Promise<Conversation> {
  const found = (await house.conversations("status=open,waiting,snoozed,done&limit=200")).find(({ contact }) => contact.name === name);
  if (!found) throw new Error(`no conversation with ${name}`);
  return found;
}

test("take, answer, note, next, done, undo, search: no pointer", async ({ house, provider, open }) => {
  await crowd(house, provider);
  const context = await open();
  await house.signIn(context);
  const actions = await countActions(context);
  const page = await context.newPage();
  const desk = new TeammateDesk(page);
  await page.goto(house.url);
  await expect(page.getByText("3 Personen warten.")).toBeVisible();
  const { keyboard } = page;

  await test.step("N takes whoever waited longest and the answer has the focus", async () => {
    await keyboard.press("n");
    await expect(desk.heading).toHaveText("Sabine Größmann");
    await expect(desk.answer).toBeFocused();
    await keyboard.type("Ja, in zwei Größen.");
    await keyboard.press("Enter");
    await expect(desk.marks("zugestellt")).toHaveCount(1);
  });

  await test.step("Esc leaves the field, N takes the next", async () => {
    await keyboard.press("Escape");
    await expect(desk.answer).not.toBeFocused();
    await keyboard.press("n");
    await expect(desk.heading).toHaveText("Mehmet Aydın");
    await keyboard.type("Ich suche sie heraus");
    await keyboard.press("Escape");
  });

  await test.step("J and K walk the list, and each conversation keeps its draft", async () => {
    // Newest first: Sabine, just answered, stands above.
    await keyboard.press("k");
    await expect(desk.heading).toHaveText("Sabine Größmann");
    await expect(desk.answer).toHaveValue("");
    await keyboard.press("j");
    await expect(desk.heading).toHaveText("Mehmet Aydın");
    await expect(desk.answer).toHaveValue("Ich suche sie heraus");
  });

  await test.step("M writes a note beside the draft, which stays", async () => {
    await keyboard.press("m");
    await expect(desk.note).toBeFocused();
    await keyboard.type("Rechnung lag im falschen Ordner");
    await keyboard.press("Control+Enter");
    await expect(desk.message("Rechnung lag im falschen Ordner")).toBeVisible();
    await keyboard.press("Escape");
    await keyboard.press("r");
    await expect(desk.answer).toBeFocused();
    await expect(desk.answer).toHaveValue("Ich suche sie heraus");
    await keyboard.press("Enter");
    await expect(desk.marks("zugestellt")).toHaveCount(1);
    await keyboard.press("Escape");
  });

  await test.step("E ends it, Z takes that back", async () => {
    await keyboard.press("e");
    await expect(page.getByText("Erledigt.", { exact: true })).toBeVisible();
    await expect.poll(async () => (await conversationWith(house, "Mehmet Aydın")).status).toBe("done");
    await expect(desk.row("Mehmet Aydın")).toHaveCount(0);
    await keyboard.press("z");
    await expect.poll(async () => (await conversationWith(house, "Mehmet Aydın")).status).toBe("waiting");
    await expect(desk.row("Mehmet Aydın")).toHaveCount(1);
  });

  await test.step("Strg K finds a person and opens the conversation", async () => {
    await keyboard.press("Control+k");
    await expect(page.getByRole("combobox")).toBeFocused();
    await keyboard.type("petersen");
    await expect(page.getByRole("option", { name: /Jan Petersen/ }).first()).toBeVisible();
    await expect(page.getByRole("option", { selected: true })).toContainText("Jan Petersen");
    await keyboard.press("Enter");
    await expect(desk.heading).toHaveText("Jan Petersen");
  });

  await test.step("? shows the keys, Esc closes them", async () => {
    await keyboard.press("?");
    await expect(page.getByRole("dialog", { name: "Tastenkürzel" })).toBeVisible();
    await keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toHaveCount(0);
  });

  expect(actions.taps).toBe(0);
  console.log(`        by keyboard only: ${actions.keys} keys besides ${actions.letters} letters of text`);
});

test("A hands over, and the colleague sees it at once", async ({ house, provider, desk }) => {
  await crowd(house, provider);
  const colleague = house.addTeammate("Tarek Haddad");
  const mine = await desk({ path: `/inbox/queue/${(await conversationWith(house, "Jan Petersen")).id}` });
  const theirs = await desk({ as: colleague, path: "/inbox/mine" });
  await expect(theirs.page.getByText("Ihr Tresen ist frei.")).toBeVisible();
  await expect(mine.heading).toHaveText("Jan Petersen");
  await mine.timeline.focus();
  await mine.page.keyboard.press("a");
  await expect(mine.page.getByRole("combobox")).toBeFocused();
  await mine.page.keyboard.type("ta");
  await mine.page.keyboard.press("Enter");
  await expect(mine.page.getByText("An Tarek Haddad übergeben.")).toBeVisible();
  await expect(theirs.row("Jan Petersen")).toHaveCount(1);
  await mine.page.keyboard.press("z");
  await expect(theirs.row("Jan Petersen")).toHaveCount(0);
});

test("characters typed by AltGr fire no command", async ({ house, provider, desk }) => {
  await crowd(house, provider);
  const { id } = await conversationWith(house, "Mehmet Aydın");
  const { page, answer, heading } = await desk({ path: `/inbox/queue/${id}` });
  await expect(heading).toHaveText("Mehmet Aydın");
  await answer.focus();
  const client = await page.context().newCDPSession(page);
  const AltGr = 3; // Alt and Control, as Windows reports the key
  for (const [key, code] of [["@", "KeyQ"], ["€", "KeyE"], ["{", "Digit7"], ["ą", "KeyA"], ["ł", "KeyL"], ["ğ", "KeyG"]]) {
    await client.send("Input.dispatchKeyEvent", { type: "keyDown", key, code, text: key, modifiers: AltGr });
    await client.send("Input.dispatchKeyEvent", { type: "keyUp", key, code, modifiers: AltGr });
  }
  // In the field they are text; outside of it they are nothing.
  await page.keyboard.press("Escape");
  for (const [key, code] of [["€", "KeyE"], ["ą", "KeyA"], ["µ", "KeyM"], ["ñ", "KeyN"]]) {
    await client.send("Input.dispatchKeyEvent", { type: "rawKeyDown", key, code, modifiers: AltGr });
    await client.send("Input.dispatchKeyEvent", { type: "keyUp", key, code, modifiers: AltGr });
  }
  // A command would have changed the status, the person in charge or what is open.
  await expect(heading).toHaveText("Mehmet Aydın");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  const after = await conversationWith(house, "Mehmet Aydın");
  expect({ status: after.status, assignee: after.assignee }).toEqual({ status: "open", assignee: null });
});

test("J and then Enter goes to the text field, from a page nobody touched", async ({ house, provider, desk }) => {
  await crowd(house, provider);
  const { page, answer, heading } = await desk({ path: "/inbox/queue" });
  await expect(page.locator(".list-pane a[data-id]")).toHaveCount(3);
  await expect(page.locator("body")).toBeFocused();
  let before = "";
  for (const key of ["j", "j", "k"]) {
    await page.keyboard.press(key);
    await expect(heading).toBeVisible();
    await expect(heading).not.toHaveText(before);
    before = (await heading.textContent()) ?? "";
    await page.keyboard.press("Enter");
    await expect(answer).toBeFocused();
    await page.keyboard.press("Escape");
    await expect(answer).not.toBeFocused();
  }
  // A control that has the focus keeps its Enter.
  await page.getByRole("link", { name: "Einstellungen" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("link", { name: "Ihr Konto" })).toBeVisible();
  await expect(answer).toHaveCount(0);
});

test("who is only walked past is not opened, and a key acts on whom it stands at", async ({ house, provider, desk }) => {
  await crowd(house, provider);
  const { page, rows, heading, answer } = await desk({ path: "/inbox/queue" });
  await expect(rows).toHaveCount(PEOPLE.length);
  const read: string[] = [];
  page.on("request", (request) => {
    const id = /\/conversations\/(cnv_\w+)\/timeline/.exec(request.url())?.[1];
    if (id) read.push(id);
  });
  // Keys that follow each other within one picture, as a held key's do on a slow machine.
  const press = (keys: string) =>
    page.evaluate(async (all) => {
      for (const key of all) {
        document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
        for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
      }
    }, keys);
  await press("jjj");
  const sabine = await conversationWith(house, "Sabine Größmann");
  await expect(page).toHaveURL(new RegExp(`${sabine.id}$`));
  await expect(heading).toHaveText("Sabine Größmann");
  await expect.poll(async () => (await conversationWith(house, "Sabine Größmann")).unread).toBe(0);
  expect([...new Set(read)]).toEqual([sabine.id]);
  for (const name of ["Mehmet Aydın", "Jan Petersen"]) expect((await conversationWith(house, name)).unread).toBe(1);

  await press("kr");
  await expect(heading).toHaveText("Mehmet Aydın");
  await expect(answer).toBeFocused();
});
