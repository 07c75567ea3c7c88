// Everyday work at the desk: notes stay inside, drafts stay, files come in by paste and drop.
import type { Page } from "@playwright/test";
import { expect, test } from "../src/fixtures.ts";
import { cameraPhoto } from "../src/photo.ts";

test("a note never reaches the customer", async ({ house, customer, desk }) => {
  const phone = await customer();
  await phone.say("Ich habe eine Beschwerde.");
  const [conversation] = await house.conversations();
  const teammate = await desk({ path: `/inbox/queue/${conversation?.id}` });
  const received: string[] = [];
  phone.page.on("websocket", (socket) => socket.on("framereceived", ({ payload }) => received.push(payload.toString())));
  phone.page.on("response", async (answer) => {
    if (answer.url().includes("/chat/v1/")) received.push(await answer.text().catch(() => ""));
  });
  await phone.page.reload();
  await expect(phone.message("Ich habe eine Beschwerde.")).toBeVisible();

  await teammate.page.getByRole("button", { name: "Notiz", exact: true }).click();
  await teammate.note.fill("Schwieriger Fall, bitte freundlich bleiben");
  await teammate.page.keyboard.press("Control+Enter");
  await expect(teammate.message("Schwieriger Fall, bitte freundlich bleiben")).toBeVisible();
  await teammate.page.getByRole("button", { name: "Antworten", exact: true }).first().click();
  await teammate.reply("Das tut uns leid. Was ist passiert?");
  await expect(phone.message("Das tut uns leid. Was ist passiert?")).toBeVisible();
  await phone.page.reload();
  await expect(phone.message("Das tut uns leid. Was ist passiert?")).toBeVisible();
  await expect(phone.page.getByText("Schwieriger Fall")).toHaveCount(0);
  expect(received.join("\n")).toContain("Das tut uns leid");
  expect(received.join("\n")).not.toContain("Schwieriger Fall");
});

/** The texts the browser has kept, sorted. */
function draftsOnDevice(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const name = (await indexedDB.databases()).map((found) => found.name ?? "").find((found) => found.startsWith("tresen-desk-drafts"));
    if (!name) return [];
    const done = <T>(request: IDBRequest<T>) => new Promise<T>((resolve) => request.addEventListener("success", () => resolve(request.result)));
    const database = await done(indexedDB.open(name));
    const drafts = await done<{ text: string }[]>(database.transaction("shelf").objectStore("shelf").getAll());
    database.close();
    return drafts.map(({ text }) => text).sort();
  });
}

test("drafts survive a reload, for answer and note apart", async ({ house, customer, desk }) => {
  const phone = await customer();
  await phone.say("Hallo");
  const [conversation] = await house.conversations();
  const { page, answer, note } = await desk({ path: `/inbox/queue/${conversation?.id}` });
  await answer.pressSequentially("Noch nicht fertig");
  await page.getByRole("button", { name: "Notiz", exact: true }).click();
  await note.pressSequentially("Rückfrage an Tarek");
  await expect(page.getByText("Entwurf gesichert")).toBeVisible();
  await expect.poll(() => draftsOnDevice(page)).toEqual(["Noch nicht fertig", "Rückfrage an Tarek"]);
  await page.reload();
  await expect(answer).toHaveValue("Noch nicht fertig");
  await page.getByRole("button", { name: "Notiz", exact: true }).click();
  await expect(note).toHaveValue("Rückfrage an Tarek");
  expect((await house.messages(conversation?.id ?? "")).map(({ text }) => text)).toEqual(["Hallo"]);
});

/** Hands a file to the page as the clipboard or the file manager would. */
async function hand(page: Page, by: "paste" | "drop", name: string, bytes: Buffer): Promise<void> {
  await page.evaluate(
    ({ by, name, base64 }) => {
      const data = new DataTransfer();
      data.items.add(new File([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], name, { type: "image/jpeg" }));
      const target = document.activeElement ?? document.body;
      if (by === "paste") target.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
      else for (const type of ["dragenter", "dragover", "drop"]) target.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
    },
    { by, name, base64: bytes.toString("base64") },
  );
}

test("files come by paste and drop, and reach the customer", async ({ house, customer, desk }) => {
  const phone = await customer();
  await phone.say("Haben Sie ein Bild davon?");
  const [conversation] = await house.conversations();
  const teammate = await desk({ path: `/inbox/queue/${conversation?.id}` });
  const { page, answer } = teammate;
  const photo = await cameraPhoto(page, 640, 480);
  await answer.focus();
  await hand(page, "paste", "regal.jpg", photo);
  await expect(page.getByRole("list", { name: "Anhänge" }).getByRole("listitem")).toHaveCount(1);
  await hand(page, "drop", "tisch.jpg", photo);
  await expect(page.getByRole("list", { name: "Anhänge" }).getByRole("listitem")).toHaveCount(2);
  await teammate.reply("Bitte sehr");
  await expect(teammate.marks("wartet")).toHaveCount(0);
  const pictures = phone.page.locator(".rows img");
  await expect(pictures).toHaveCount(2);
  await pictures.last().scrollIntoViewIfNeeded();
  await expect.poll(() => pictures.last().evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(640);
  await pictures.last().click();
  await expect(phone.page.getByRole("dialog").locator("img")).toBeVisible();
});

test("a large file chosen by the button shows how far it is", async ({ house, customer, desk }) => {
  const phone = await customer();
  await phone.say("Schicken Sie mir den Katalog?");
  const [conversation] = await house.conversations();
  const teammate = await desk({ path: `/inbox/queue/${conversation?.id}` });
  const { page, answer } = teammate;
  const line = await page.context().newCDPSession(page);
  const slow = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 400_000 };
  await line.send("Network.enable");
  await line.send("Network.emulateNetworkConditions", slow);
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Datei anhängen" }).click();
  const bytes = Buffer.concat([Buffer.from("%PDF-1.4\n"), Buffer.alloc(1_200_000, "Katalog ")]);
  await (await chooser).setFiles({ name: "Katalog.pdf", mimeType: "application/pdf", buffer: bytes });
  await answer.fill("Gern");
  await answer.press("Enter");
  const bar = page.getByRole("progressbar", { name: /Katalog\.pdf/ });
  await expect(bar).toBeVisible();
  await expect.poll(async () => Number(await bar.getAttribute("value"))).toBeGreaterThan(0);
  await line.send("Network.emulateNetworkConditions", { ...slow, uploadThroughput: -1 });
  await expect(teammate.marks("wartet")).toHaveCount(0);
  await expect(bar).toHaveCount(0);
  await expect(phone.page.getByText("Katalog.pdf")).toBeVisible();
});

test("done, and the customer's next message opens it again", async ({ house, customer, desk }) => {
  const phone = await customer();
  await phone.say("Danke für die schnelle Hilfe");
  const [conversation] = await house.conversations();
  const { page, row, timeline } = await desk({ path: `/inbox/queue/${conversation?.id}` });
  await expect(timeline.getByText("Danke für die schnelle Hilfe")).toBeVisible();
  await page.getByRole("button", { name: /^Erledigt/ }).click();
  await expect(page.getByText("Niemand wartet.")).toBeVisible();
  await expect(phone.page.getByText("Gespräch beendet. Schreiben Sie einfach weiter.")).toBeVisible();
  await phone.say("Eine Frage noch");
  await expect(page.getByText("Eine Frage noch")).toBeVisible();
  expect((await house.conversations()).map(({ status }) => status)).toContain("open");
  expect(row).toBeDefined();
});

test("two teammates answer at once: the second answer is held", async ({ house, customer, desk }) => {
  const phone = await customer();
  await phone.say("Ist jemand da?");
  const [conversation] = await house.conversations();
  const path = `/inbox/queue/${conversation?.id}`;
  const first = await desk({ path });
  const second = await desk({ as: house.addTeammate("Tarek Haddad"), path });
  await second.answer.pressSequentially("Ja, ich bin");
  await first.reply("Guten Tag, Aylin hier.");
  await expect(second.message("Guten Tag, Aylin hier.")).toBeVisible();
  await second.answer.pressSequentially(" da.");
  await second.answer.press("Enter");
  await expect(second.page.getByText("Aylin Kaya hat soeben geantwortet. Bitte lesen, dann erneut senden.")).toBeVisible();
  await expect(second.answer).toHaveValue("Ja, ich bin da.");
  await expect(phone.message("Guten Tag, Aylin hier.")).toBeVisible();
  await expect(phone.message("Ja, ich bin da.")).toHaveCount(0);
  await second.answer.press("Enter");
  await expect(phone.message("Ja, ich bin da.")).toBeVisible();
});

test("each side sees that the other one writes", async ({ house, customer, desk }) => {
  const phone = await customer();
  await phone.say("Guten Abend");
  const [conversation] = await house.conversations();
  const teammate = await desk({ path: `/inbox/queue/${conversation?.id}` });
  // Who is not on the line yet does not hear it, and nobody is told twice: people go on writing.
  await expect(async () => {
    await teammate.answer.pressSequentially("Guten ");
    await expect(phone.page.getByText("Aylin Kaya schreibt")).toBeVisible({ timeout: 2_000 });
  }).toPass();
  await expect(async () => {
    await phone.field.pressSequentially("Ich woll ");
    await expect(teammate.page.locator(".list-pane").getByText("schreibt …")).toBeVisible({ timeout: 2_000 });
  }).toPass();
});

test("a composer that grows does not cover the last message", async ({ house, customer, desk }) => {
  const phone = await customer();
  await phone.say("Wie lauten die Öffnungszeiten?");
  const [conversation] = await house.conversations();
  for (let day = 1; day <= 12; day += 1) await house.post(`/conversations/${conversation?.id}/messages`, { text: `Tag ${day}:\n9 bis 19 Uhr` });
  const teammate = await desk({ path: `/inbox/queue/${conversation?.id}` });
  const last = teammate.timeline.getByText("Tag 12:");
  await expect(last).toBeInViewport({ ratio: 1 });
  await teammate.answer.fill("Und\nan\nFeiertagen\nist\nzu");
  const below = () => teammate.timeline.evaluate((element) => element.scrollHeight - element.scrollTop - element.clientHeight);
  await expect.poll(below).toBeLessThanOrEqual(1);
  await expect(last).toBeInViewport({ ratio: 1 });
});

test("what was said long ago is found by its words, and by nobody else's", async ({ house, customer, desk }) => {
  const phone = await customer();
  await phone.say("Meine Größe ist 42, Bestellung A-4711");
  await phone.say("Danke, das war alles");
  const [conversation] = await house.conversations();
  const { page, heading } = await desk({ path: "/inbox/queue" });
  await expect(page.getByRole("link", { name: /Danke, das war alles/ })).toBeVisible();
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").fill("groesse 4711");
  const hit = page.getByRole("option", { name: /Meine Größe ist 42/ });
  await expect(hit).toBeVisible();
  await expect(hit.locator("mark")).toHaveText(["Größe", "4711"]);
  await expect(page.getByText("Gesagtes und Notizen")).toBeVisible();
  await page.getByRole("combobox").fill("nirgendsgesagt");
  await expect(page.getByText("Nichts zu „nirgendsgesagt“.")).toBeVisible();
  await page.getByRole("combobox").fill("größe");
  await expect(hit).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(conversation?.id ?? "none"));
  await expect(heading).toBeVisible();
});
