// The page about what was found in the browser.
interface Of {
  median: number;
  all: number[];
}
interface Keys {
  events: number;
  reported: number;
  p95: number;
  max: number;
}
interface Desk {
  open_from_cache_ms: { median: number; p95: number; max: number; count: number };
  letter_to_paint_ms: Keys;
  row_key_to_paint_ms: Keys;
}
export interface Found {
  build: string;
  rows: number;
  messages: number;
  rounds: number;
  chat?: { performance: Of; accessibility: Of; "best-practices": Of; "largest-contentful-paint": Of; "total-blocking-time": Of; "cumulative-layout-shift": Of; interactive_slowed_ms: Of; below_full_score: string[] };
  desk?: { as_it_is: Desk; slowed: Desk };
}

const told = (value: number, digits = 0) => (value >= 1_000 && digits === 0 ? value.toLocaleString("en", { maximumFractionDigits: 0 }) : value.toFixed(digits));
const met = (is: boolean) => (is ? "met" : "**missed**");

function chatRows({ performance, accessibility, "best-practices": practices, interactive_slowed_ms: slowed, ...rest }: NonNullable<Found["chat"]>): string[] {
  const row = (name: string, { median, all }: Of, goal: string, is: boolean, unit = "") => `| ${name} | ${told(median)}${unit} | ${all.map((one) => told(one)).join(", ")} | ${goal} | ${met(is)} |`;
  return [
    row("Lighthouse mobile, performance", performance, "≥ 95", performance.median >= 95),
    row("Lighthouse mobile, accessibility", accessibility, "100", accessibility.median >= 100),
    row("Lighthouse mobile, best practices", practices, "100", practices.median >= 100),
    row("time to interactive, processor slowed 4 times, no network between", slowed, "≤ 1,500 ms", slowed.median <= 1_500, " ms"),
    row("largest contentful paint, Lighthouse's simulated telephone", rest["largest-contentful-paint"], "", true, " ms").replace("| met |", "| |"),
    row("total blocking time, the same", rest["total-blocking-time"], "", true, " ms").replace("| met |", "| |"),
  ];
}

function deskRows({ as_it_is: plain, slowed }: NonNullable<Found["desk"]>): string[] {
  const row = (name: string, value: number, most: number, slow: number) => `| ${name} | ${told(value)} ms | at most ${told(most)} ms; slowed 4 times ${told(slow)} ms | ≤ 50 ms | ${met(value <= 50)} |`;
  return [
    row("letter to paint, 95 of 100", plain.letter_to_paint_ms.p95, plain.letter_to_paint_ms.max, slowed.letter_to_paint_ms.p95),
    row("key to the next row painted, 95 of 100", plain.row_key_to_paint_ms.p95, plain.row_key_to_paint_ms.max, slowed.row_key_to_paint_ms.p95),
    row("a conversation opened from the cache, median", plain.open_from_cache_ms.median, plain.open_from_cache_ms.max, slowed.open_from_cache_ms.median),
  ];
}

export function pageOf(found: Found): string {
  const { build, rows, messages, rounds, chat, desk } = found;
  return `# The pages in the browser

<!-- Written by \`cargo xtask bench --pages\` from docs/performance/pages.json. -->

The ${build} binary on this machine, Debian's Chromium, nothing between them. The chat's page is judged
by Lighthouse, ${rounds === 1 ? "one round" : `${rounds} rounds`}; the desk has ${told(rows)} conversations in its list and a thread of
${told(messages)} messages open. Times of keys are the browser's own (Event Timing, in steps of 8 ms, from the
key to the paint; what takes less than 16 ms is not told and counts as 16).

| | | rounds | goal | |
|---|---|---|---|---|
${[...(chat ? chatRows(chat) : []), ...(desk ? deskRows(desk) : [])].join("\n")}
${chat && chat.below_full_score.length > 0 ? `\nBelow the full score in some round: ${chat.below_full_score.join(", ")}.\n` : ""}`;
}
