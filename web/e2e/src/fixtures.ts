// What every test gets: an installation, browser contexts of both sides, and a watch over all pages.
import { type BrowserContext, type BrowserContextOptions, devices, type Page, test as base } from "@playwright/test";
import { House, type Person, SLUG } from "./house.ts";
import { Provider } from "./provider.ts";
import { Watch } from "./watch.ts";

interface Fixtures {
  /** An installation of this test's own: set up, with its own chat. */
  house: House;
  provider: Provider;
  /** Complains at the end of the test about console errors and foreign hosts. */
  watch: Watch;
  /** A browser context that is watched. */
  open: (options?: BrowserContextOptions) => Promise<BrowserContext>;
  /** A page at the desk, signed in; the owner if nobody is named. */
  desk: (options?: { as?: Person; path?: string } & BrowserContextOptions) => Promise<Page>;
  /** A customer's phone on the chat's page. */
  phone: (options?: { path?: string } & BrowserContextOptions) => Promise<Page>;
}

export const PHONE: BrowserContextOptions = {
  ...devices["Pixel 7"],
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 1,
};

export const test = base.extend<Fixtures>({
  provider: async ({}, use) => {
    const provider = await Provider.open();
    await use(provider);
    await provider.close();
  },
  house: async ({ provider }, use) => {
    const house = await (await House.open({ provider })).setUp();
    await use(house);
    await house.close();
  },
  watch: async ({}, use) => {
    const watch = new Watch();
    await use(watch);
    watch.check();
  },
  open: async ({ browser, watch }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async (options = {}) => {
      const context = await browser.newContext({ locale: "de-DE", timezoneId: "Europe/Berlin", viewport: { width: 1440, height: 900 }, ...options });
      watch.follow(context);
      contexts.push(context);
      return context;
    });
    for (const context of contexts) await context.close();
  },
  desk: async ({ open, house, watch }, use) => {
    await use(async ({ as = house.owner, path = "/", ...options } = {}) => {
      watch.own.add(new URL(house.url).host);
      const context = await open(options);
      await house.signIn(context, as);
      const page = await context.newPage();
      await page.goto(`${house.url}${path}`);
      await page.getByText("Verbunden").first().waitFor({ state: "attached" });
      return page;
    });
  },
  phone: async ({ open, house, watch }, use) => {
    await use(async ({ path = `/c/${SLUG}`, ...options } = {}) => {
      watch.own.add(new URL(house.url).host);
      const context = await open({ ...PHONE, ...options });
      const page = await context.newPage();
      await page.goto(`${house.url}${path}`);
      return page;
    });
  },
});

export { expect } from "@playwright/test";
