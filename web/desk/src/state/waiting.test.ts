import { expect, test } from "vitest";
import type { Delivery } from "@tresen/api";
import { whyWaiting, WORDS_AFTER_MS } from "./waiting.ts";

const AT = "2026-11-24T09:00:00.000Z";
const then = Date.parse(AT);
const queued = (error_class: string | null = null): Delivery => ({ state: "queued", error: null, error_class, cost: null });

test("a message that just left its writer only shows a clock", () => {
  expect(whyWaiting(queued(), AT, "active", then + WORDS_AFTER_MS - 1)).toBeNull();
  expect(whyWaiting(queued(), AT, "active", then + WORDS_AFTER_MS)).toBe("waiting");
});

test("an attempt that failed is told at once, a provider's pace only when it lasts", () => {
  expect(whyWaiting(queued("transient"), AT, "active", then)).toBe("unreachable");
  expect(whyWaiting(queued("pace"), AT, "active", then)).toBeNull();
  expect(whyWaiting(queued("pace"), AT, "active", then + WORDS_AFTER_MS)).toBe("pace");
});

test.each(["paused", "broken"] as const)("a channel that is %s is the reason", (state) => {
  expect(whyWaiting(queued("transient"), AT, state, then)).toBe(state);
});

test("what has left or failed does not wait", () => {
  expect(whyWaiting(null, AT, "active", then + 99_999)).toBeNull();
  for (const state of ["sent", "delivered", "read", "failed", "unknown"] as const) expect(whyWaiting({ ...queued("transient"), state }, AT, "paused", then + 99_999)).toBeNull();
});
