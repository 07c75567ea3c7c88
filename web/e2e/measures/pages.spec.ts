// What people wait for in the browser: the chat's page by Lighthouse, the desk with a full house. Not
// part of the tests, because times depend on the machine: `cargo xtask bench` runs it on the release
// binary and keeps what it found.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Conversation } from "@tresen/api";
import type { Page } from "@playwright/test";
import { deliver, longTalk, strangers } from "../src/crowd.ts";
import { expect, test } from "../src/fixtures.ts";
import { SLUG } from "../src/house.ts";
import { type Found, pageOf } from "./page.ts";

const ROWS = Number(process.env["E2E_ROWS"] ?? 10_000);
const MESSAGES = Number(process.env["E2E_MESSAGES"] ?? 5_000);
const ROUNDS = Number(process.env["E2E_ROUNDS"] ?? 3);
const SLOWED = 4;

interface Audit {
  score: number | null;
  numericValue?: number;
  title?: string;
}
interface Judgement {
  lhr: { categories: Record<string, { score: number | null; auditRefs: { id: string; weight: number }[] }>; audits: Record<string, Audit> };
}
type Lighthouse = (url: string, flags: object) => Promise<Judgement | undefined>;

/** "release" or "debug": where the program lies. */
const BUILD = basename(dirname(process.env["TRESEN_BIN"] ?? "debug/tresen"));
const found: Record<string, unknown> = { build: BUILD, rows: ROWS, messages: MESSAGES, rounds: ROUNDS };

// Two tests may run in two processes, one after the other: each adds its part to the file.
test.afterAll(async () => {
  const out = process.env["E2E_MEASURES"] ?? "pages.json";
  const before = JSON.parse(await readFile(out, "utf8").catch(() => "{}")) as Record<string, unknown>;
  const all = { ...before, ...found };
  await writeFile(out, `${JSON.stringify(all, null, 1)}\n`);
  await writeFile(out.replace(/\.json$/, ".md"), pageOf(all as unknown as Found));
});

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const worst = (values: number[], of = 1): number => values.toSorted((a, b) => a - b)[Math.ceil(values.length * of) - 1] ?? Number.NaN;

/** A browser of Lighthouse's own, with a port it can speak to. */
async function withChromium<T>(use: (port: number) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "tresen-chromium-"));
  const args = ["--headless=new", "--no-sandbox", "--remote-debugging-port=0", `--user-data-dir=${folder}`, "--disable-extensions", "--disable-background-networking", "about:blank"];
  const browser: ChildProcess = spawn(process.env["CHROMIUM"] ?? "/usr/bin/chromium", args, { stdio: "ignore" });
  try {
    const file = join(folder, "DevToolsActivePort");
    let port = 0;
    await expect.poll(async () => (port = Number((await readFile(file, "utf8").catch(() => "")).split("\n")[0]))).toBeGreaterThan(0);
    return await use(port);
  } finally {
    const ended = new Promise((resolve) => browser.on("exit", resolve));
    browser.kill("SIGKILL");
    await ended;
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function lighthouse(): Promise<Lighthouse> {
  const place = createRequire(new URL("../../measure/package.json", import.meta.url)).resolve("lighthouse");
  return ((await import(pathToFileURL(place).href)) as { default: Lighthouse }).default;
}

test("the chat's page by Lighthouse", async ({ house }) => {
  test.setTimeout(600_000);
  const judge = await lighthouse();
  const url = `${house.url}/c/${SLUG}`;
  const flags = (port: number) => ({ port, output: "json", logLevel: "error", formFactor: "mobile", locale: "de" });
  const scores: Record<string, number[]> = {};
  const missed = new Set<string>();
  const interactive: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const plain = await withChromium((port) => judge(url, { ...flags(port), onlyCategories: ["performance", "accessibility", "best-practices"] }));
    for (const [name, { score, auditRefs }] of Object.entries(plain?.lhr.categories ?? {})) {
      (scores[name] ??= []).push(Math.round((score ?? 0) * 100));
      for (const { id, weight } of auditRefs) if (weight > 0 && (plain?.lhr.audits[id]?.score ?? 1) < 1) missed.add(`${name}: ${id}`);
    }
    for (const id of ["largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift"]) (scores[id] ??= []).push(plain?.lhr.audits[id]?.numericValue ?? Number.NaN);
    // The processor slowed down for real, and no network in between.
    const throttling = { rttMs: 0, throughputKbps: 0, requestLatencyMs: 0, downloadThroughputKbps: 0, uploadThroughputKbps: 0, cpuSlowdownMultiplier: SLOWED };
    const slow = await withChromium((port) => judge(url, { ...flags(port), onlyAudits: ["interactive", "first-contentful-paint"], throttlingMethod: "devtools", throttling }));
    interactive.push(slow?.lhr.audits["interactive"]?.numericValue ?? Number.NaN);
  }
  found["chat"] = {
    ...Object.fromEntries(Object.entries(scores).map(([name, values]) => [name, { median: median(values), all: values }])),
    interactive_slowed_ms: { median: median(interactive), all: interactive },
    below_full_score: [...missed].sort(),
  };
  expect(interactive.every(Number.isFinite)).toBe(true);
});

/** From a tap on a row until its thread has been painted; runs in the page. */
function openRow(id: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const row = document.querySelector<HTMLElement>(`.list-pane a[data-id="${id}"]`);
    if (!row) return reject(new Error("the row is not on screen"));
    const log = () => document.querySelector("[role=log]");
    const before = log()?.querySelector(".slot");
    const begun = performance.now();
    row.click();
    const look = () => {
      const first = log()?.querySelector(".slot");
      if (!first || first === before || !location.pathname.endsWith(id)) return requestAnimationFrame(look);
      // After the frame that shows it.
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.addEventListener("message", () => resolve(performance.now() - begun));
        port1.start();
        port2.postMessage(null);
      });
    };
    look();
  });
}

/** From a key to the paint that shows it, as the browser itself measures; what is below its threshold counts as that. */
async function keyTimes(page: Page, press: () => Promise<void>): Promise<number[]> {
  await page.evaluate(() => {
    const times: Record<string, number> = {};
    (globalThis as unknown as { keyTimes: typeof times }).keyTimes = times;
    const observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as PerformanceEventTiming[]) {
        const id = (entry as unknown as { interactionId: number }).interactionId || entry.startTime;
        if (/^key|^input$/.test(entry.name)) times[id] = Math.max(times[id] ?? 0, entry.duration);
      }
    });
    observer.observe({ type: "event", durationThreshold: 16 } as PerformanceObserverInit);
  });
  await press();
  await page.evaluate(() => new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve()))));
  return page.evaluate(() => Object.values((globalThis as unknown as { keyTimes: Record<string, number> }).keyTimes));
}

async function slowDown(page: Page, rate: number): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate });
}

/** Whose thread `longTalk` is. */
const TALKER = "491713920099";
const isTalk = ({ contact }: Conversation) => contact.name === "Vera Vielschreiber";
const LETTERS = "Das schaue ich mir in Ruhe an und melde mich gleich.";

test("the desk with a full house", async ({ house, provider, desk }) => {
  test.setTimeout(900_000);
  const channel = await house.connectWhatsApp(provider);
  const now = Date.now();
  await deliver(house, channel, provider, longTalk(MESSAGES, now - 60_000));
  await deliver(house, channel, provider, strangers(ROWS, now - 120_000));
  const understood = async () => {
    const all = await house.everyConversation();
    return { conversations: all.length, talk: (all.find(isTalk)?.last_seq ?? 0) >= MESSAGES };
  };
  await expect.poll(understood, { timeout: 600_000, intervals: [3_000] }).toEqual({ conversations: ROWS + 1, talk: true });
  // One more word, so that the long thread's row stands at the top, beside those it is changed with.
  await deliver(house, channel, provider, [{ phone: TALKER, name: "Vera Vielschreiber", text: "Und noch eins.", atMs: Date.now() }]);
  await expect.poll(async () => (await house.conversations("limit=1"))[0]?.contact.name).toBe("Vera Vielschreiber");
  const [talk, ...others] = await house.conversations();
  if (!talk) throw new Error("the list is empty");
  await house.post(`/conversations/${talk.id}/read`, { seq: talk.last_seq });
  const { page, answer, timeline } = await desk({ path: `/inbox/queue/${talk.id}` });
  await expect(timeline.locator(".slot").first()).toBeVisible();
  const neighbours = others.slice(0, 3).map(({ id }) => id);
  for (const id of [...neighbours, talk.id]) await page.evaluate(openRow, id);
  const measured: Record<string, unknown> = {};
  for (const [name, rate] of [["as_it_is", 1], ["slowed", SLOWED]] as const) {
    await slowDown(page, rate);
    const opened: number[] = [];
    for (let round = 0; round < ROUNDS * 4; round += 1) {
      for (const id of [neighbours[round % 3] ?? "", talk.id]) opened.push(await page.evaluate(openRow, id));
    }
    await answer.fill("");
    const typed = await keyTimes(page, () => answer.pressSequentially(LETTERS, { delay: 60 }));
    await page.locator("body").press("Escape");
    const moved = await keyTimes(page, async () => {
      for (let step = 0; step < 30; step += 1) await page.keyboard.press(step < 15 ? "j" : "k", { delay: 40 });
    });
    const told = (times: number[], of: number) => ({ events: of, reported: times.length, median_reported: median(times), p95: times.length < of * 0.05 ? 16 : worst(times, 0.95), max: times.length ? worst(times) : 16 });
    measured[name] = {
      open_from_cache_ms: { median: median(opened), p95: worst(opened, 0.95), max: worst(opened), count: opened.length },
      letter_to_paint_ms: told(typed, LETTERS.length),
      row_key_to_paint_ms: told(moved, 30),
    };
  }
  await slowDown(page, 1);
  found["desk"] = measured;
});
