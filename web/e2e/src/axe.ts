// Accessibility rules on what is on screen, and whether it fits a narrow window.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { expect, type Page } from "@playwright/test";
import type { AxeResults } from "axe-core";

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Runs every rule of axe; `where` names the screen in the failure. */
export async function expectAccessible(page: Page, where: string): Promise<void> {
  // Colours are judged as they end up, not half-way through a fade.
  await page.evaluate(() => {
    const ends = (animation: Animation) => animation.playState === "running" && Number.isFinite(animation.effect?.getComputedTiming().endTime);
    return Promise.all(document.getAnimations().filter(ends).map((animation) => animation.finished.catch(() => undefined)));
  });
  // As an expression through the debugger: the pages' own policy lets no foreign script in.
  const known = await page.evaluate(() => "axe" in globalThis);
  if (!known) await page.evaluate(source);
  const found = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run: (root: Document, options: object) => Promise<AxeResults> } };
    const { violations } = await axe.run(document, { resultTypes: ["violations"] });
    return violations.map(({ id, help, nodes }) => `${id}: ${help}\n${nodes.map(({ html, failureSummary }) => `  ${html}\n  ${failureSummary}`).join("\n")}`);
  });
  expect(found, `axe on ${where}`).toEqual([]);
}

/** Nothing sticks out to the side; what may scroll on its own does so inside its box. */
export async function expectReflow(page: Page, where: string): Promise<void> {
  const { scroll, client } = await page.evaluate(() => ({
    scroll: document.documentElement.scrollWidth,
    client: document.documentElement.clientWidth,
  }));
  expect(scroll, `width of ${where}`).toBeLessThanOrEqual(client);
}

/** Names of controls smaller than a finger (44 px) or a pointer (24 px) needs. */
export function smallTargets(page: Page, least: number): Promise<string[]> {
  return page.evaluate((least) => {
    const inText = (element: Element) => element.tagName === "A" && getComputedStyle(element).display === "inline";
    return [...document.querySelectorAll<HTMLElement>("button, a[href], input, select, textarea, summary")]
      .filter((element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !inText(element))
      .filter((element) => {
        // A tick box is hit by its label, a growing text field by the frame around it.
        const around = element instanceof HTMLInputElement ? element.closest("label") : element instanceof HTMLTextAreaElement ? element.parentElement : null;
        const box = (around ?? element).getBoundingClientRect();
        return box.width > 0 && box.bottom > 0 && (box.width < least - 0.5 || box.height < least - 0.5);
      })
      .map((element) => {
        const { width, height } = element.getBoundingClientRect();
        return `${element.getAttribute("aria-label") ?? element.textContent?.trim().slice(0, 40)} ${width.toFixed(0)}×${height.toFixed(0)}`;
      });
  }, least);
}
