// A full house: the list and the thread stay small in the page however long they are. Times are
// printed, not judged: this machine is shared.
import type { Conversation } from "@tresen/api";
import { deliver, longTalk, strangers } from "../src/crowd.ts";
import { expect, test } from "../src/fixtures.ts";

const ROWS = Number(process.env["E2E_ROWS"] ?? 10_000);
const MESSAGES = Number(process.env["E2E_MESSAGES"] ?? 5_000);
const MOST_IN_PAGE = 120;
const isTalk = ({ contact }: Conversation) => contact.name === "Vera Vielschreiber";

test("ten thousand conversations and a thread of five thousand messages", async ({ house, provider, desk }) => {
  test.setTimeout(240_000);
  const channel = await house.connectWhatsApp(provider);
  const now = Date.now();
  let begun = now;
  await deliver(house, channel, provider, longTalk(MESSAGES, now - 60_000));
  await deliver(house, channel, provider, strangers(ROWS, now - 120_000));
  console.log(`        ${ROWS + MESSAGES} messages taken in ${Date.now() - begun} ms`);
  const understood = async () => {
    const all = await house.everyConversation();
    return { conversations: all.length, talk: (all.find(isTalk)?.last_seq ?? 0) >= MESSAGES };
  };
  await expect.poll(understood, { timeout: 200_000, intervals: [3_000] }).toEqual({ conversations: ROWS + 1, talk: true });
  console.log(`        and understood after ${((Date.now() - begun) / 1000).toFixed(1)} s`);

  begun = Date.now();
  const teammate = await desk({ path: "/inbox/queue" });
  const { page, rows } = teammate;
  await expect(rows.first()).toBeVisible();
  console.log(`        list of ${ROWS} opened in ${Date.now() - begun} ms`);
  expect(await rows.count()).toBeLessThan(MOST_IN_PAGE);

  await test.step("scrolling far down loads more and keeps the page small", async () => {
    const scroller = page.locator(".list-pane .scroller");
    const seen = new Set<string>();
    for (let turn = 0; turn < 12; turn += 1) {
      await scroller.evaluate((element) => element.scrollTo({ top: element.scrollHeight }));
      await expect.poll(() => rows.last().getAttribute("data-id")).not.toBe([...seen].at(-1) ?? "");
      seen.add((await rows.last().getAttribute("data-id")) ?? "");
      expect(await rows.count()).toBeLessThan(MOST_IN_PAGE);
    }
    expect(seen.size).toBe(12);
  });

  await test.step("the long thread opens at its end and can be read upwards", async () => {
    const conversation = (await house.everyConversation()).find(isTalk);
    // Read, so that it opens at its end and not at the first message that is new.
    await house.post(`/conversations/${conversation?.id}/read`, { seq: conversation?.last_seq });
    // Callbacks that wait side by side are understood side by side: which message came last is the server's word.
    const last = (await house.messages(conversation?.id ?? "")).at(-1)?.text ?? "";
    expect(last).toMatch(/^Zeile \d+/);
    begun = Date.now();
    await page.goto(`${house.url}/inbox/queue/${conversation?.id}`);
    await expect(teammate.message(last)).toBeInViewport();
    console.log(`        thread of ${MESSAGES} opened in ${Date.now() - begun} ms`);
    const bubbles = teammate.timeline.locator(".slot");
    expect(await bubbles.count()).toBeLessThan(MOST_IN_PAGE);
    for (let turn = 0; turn < 6; turn += 1) {
      const first = await bubbles.first().getAttribute("data-key");
      await teammate.timeline.evaluate((element) => element.scrollTo({ top: 0 }));
      await expect.poll(() => bubbles.first().getAttribute("data-key")).not.toBe(first);
      expect(await bubbles.count()).toBeLessThan(MOST_IN_PAGE);
    }
  });

  await test.step("typing stays quick", async () => {
    begun = Date.now();
    await teammate.answer.pressSequentially("Das schaue ich mir in Ruhe an.");
    await expect(teammate.answer).toHaveValue("Das schaue ich mir in Ruhe an.");
    console.log(`        ${((Date.now() - begun) / 30).toFixed(1)} ms a letter, driver included`);
  });
});
