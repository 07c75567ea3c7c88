// Pictures are taken at a fixed hour: every time the server tells is moved to it, and the messages
// of a thread, which the stage produced within seconds, stand minutes apart.
import type { Page } from "@playwright/test";

/** Half past two on a working day in Leipzig. */
export const NOON = Date.parse("2026-11-24T13:32:20.000Z");
const TIMESTAMP = /"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)"/g;
const APART_MS = 95_000;

interface Placed {
  seq: number;
  at: string;
}

/** `realNow`: when the stage was ready. */
export async function holdTime(page: Page, realNow: number): Promise<void> {
  const shift = NOON - realNow;
  await page.clock.setFixedTime(NOON);
  await page.route(/\/(api|chat)\/v1\/(?!live)/, async (route) => {
    const answer = await route.fetch();
    if (!answer.headers()["content-type"]?.includes("json")) return route.fulfill({ response: answer });
    const moved = (await answer.text()).replace(TIMESTAMP, (_all, at: string) => `"${new Date(Date.parse(at) + shift).toISOString()}"`);
    const body = route.request().url().includes("/timeline") ? spread(moved) : moved;
    await route.fulfill({ response: answer, body });
  });
}

function spread(text: string): string {
  const page = JSON.parse(text) as { items: Placed[] };
  const last = page.items.at(-1);
  for (const item of page.items) {
    const staged = Date.parse(item.at) > NOON - 120_000;
    if (last && staged) item.at = new Date(NOON - 60_000 - (last.seq - item.seq) * APART_MS).toISOString();
  }
  return JSON.stringify(page);
}
