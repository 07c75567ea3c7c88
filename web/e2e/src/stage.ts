// Pictures are taken at a fixed hour: every time the server tells is moved to it, and the messages
// of a thread, which the stage produced within seconds, stand minutes apart.
import type { Page } from "@playwright/test";

/** Half past two on a working day in Leipzig. */
const HOUR = Date.parse("2026-11-24T13:32:15.000Z");
const TIMESTAMP = /"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)"/g;
const APART_MS = 95_000;
const STAGED_WITHIN_MS = 180_000;
const OUR_ANSWER_MS = 187 * 60_000;

interface Placed {
  seq: number;
  at: string;
}
interface Listed {
  last_message: { at: string; direction?: string } | null;
  last_message_at: string;
}

/** `realNow`: when the stage was ready. */
export async function holdTime(page: Page, realNow: number): Promise<void> {
  const move = (text: string) => text.replace(TIMESTAMP, (_all, at: string) => `"${new Date(Date.parse(at) + HOUR - realNow).toISOString()}"`);
  await page.clock.setFixedTime(HOUR);
  await page.route(/\/(api|chat)\/v1\/(?!live)/, async (route) => {
    const answer = await route.fetch();
    if (!answer.headers()["content-type"]?.includes("json")) return route.fulfill({ response: answer });
    const { pathname } = new URL(route.request().url());
    let body = move(await answer.text());
    if (pathname.endsWith("/timeline")) body = spread(body);
    else if (/\/conversations(\/cnv_\w+)?$/.test(pathname)) body = told(body);
    await route.fulfill({ response: answer, body });
  });
  await page.routeWebSocket(/\/live/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((message) => server.send(message));
    // What changes while pictures are taken is only who reads along: the rest is on screen already.
    server.onMessage((message) => {
      const frame = JSON.parse(message.toString()) as { events?: unknown[] };
      if (!frame.events || frame.events.length === 0) socket.send(message);
    });
  });
}

function spread(text: string): string {
  const page = JSON.parse(text) as { items: Placed[] };
  const { items } = page;
  const last = items.at(-1);
  for (const item of items) {
    const staged = Date.parse(item.at) > HOUR - STAGED_WITHIN_MS;
    if (last && staged) item.at = new Date(HOUR - 60_000 - (last.seq - item.seq) * APART_MS).toISOString();
  }
  // Nothing stands above something older: a conversation begins with its first message.
  for (let place = items.length - 2; place >= 0; place -= 1) {
    const [item, next] = [items[place], items[place + 1]];
    if (item && next && item.at > next.at) item.at = next.at;
  }
  return JSON.stringify(page);
}

/** Rows show when somebody wrote, not when the stage delivered it; our answers are hours old. */
function told(text: string): string {
  const body = JSON.parse(text) as Listed | { items: Listed[] };
  for (const item of "items" in body ? body.items : [body]) {
    const { last_message: last } = item;
    if (!last) continue;
    if (last.direction === "outbound") last.at = new Date(Date.parse(last.at) - OUR_ANSWER_MS).toISOString();
    item.last_message_at = last.at;
  }
  return JSON.stringify(body);
}
