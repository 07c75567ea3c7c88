// What every test gets: an installation, browser contexts of both sides, and a watch over all pages.
import { type BrowserContext, type BrowserContextOptions, devices, test as base } from "@playwright/test";
import { Customer } from "./customer.ts";
import { House, type Person, SLUG } from "./house.ts";
import { Provider } from "./provider.ts";
import { TeammateDesk } from "./teammate.ts";
import { Watch } from "./watch.ts";

interface Fixtures {
  /** Whether `house` comes set up, with an owner and its own chat. */
  furnished: boolean;
  provider: Provider;
  /** An installation of this test's own. */
  house: House;
  /** Complains at the end of the test about console errors and foreign hosts. */
  watch: Watch;
  /** A browser context that is watched. */
  open: (options?: BrowserContextOptions) => Promise<BrowserContext>;
  /** The desk of a teammate who is signed in; the owner's if nobody is named. */
  desk: (options?: { as?: Person; path?: string } & BrowserContextOptions) => Promise<TeammateDesk>;
  /** A customer's phone on the chat's page. */
  customer: (options?: { path?: string } & BrowserContextOptions) => Promise<Customer>;
}

export const PHONE: BrowserContextOptions = {
  ...devices["Pixel 7"],
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 1,
};

export const test = base.extend<Fixtures>({
  furnished: [true, { option: true }],
  provider: async ({}, use) => {
    const provider = await Provider.open();
    await use(provider);
    await provider.close();
  },
  house: async ({ furnished, provider }, use) => {
    const house = await House.open({ provider });
    if (furnished) await house.setUp();
    await use(house);
    await house.close();
  },
  watch: async ({}, use) => {
    const watch = new Watch();
    await use(watch);
    watch.check();
  },
  open: async ({ browser, house, watch }, use) => {
    watch.own.add(new URL(house.url).host);
    const contexts: BrowserContext[] = [];
    await use(async (options = {}) => {
      const context = await browser.newContext({ locale: "de-DE", timezoneId: "Europe/Berlin", viewport: { width: 1440, height: 900 }, ...options });
      watch.follow(context);
      contexts.push(context);
      return context;
    });
    for (const context of contexts) await context.close();
  },
  desk: async ({ open, house }, use) => {
    await use(async ({ as = house.owner, path = "/", ...options } = {}) => {
      const context = await open(options);
      await house.signIn(context, as);
      const page = await context.newPage();
      await page.goto(`${house.url}${path}`);
      return new TeammateDesk(page);
    });
  },
  customer: async ({ open, house }, use) => {
    await use(async ({ path = `/c/${SLUG}`, ...options } = {}) => {
      const context = await open({ ...PHONE, ...options });
      const page = await context.newPage();
      await page.goto(`${house.url}${path}`);
      return new Customer(page);
    });
  },
});

export { expect } from "@playwright/test";
