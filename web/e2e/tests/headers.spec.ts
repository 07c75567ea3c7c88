// The headers that keep the pages what they are.
import { expect, test } from "../src/fixtures.ts";
import { SLUG } from "../src/house.ts";

const PAGES = ["/", "/inbox/mine", `/c/${SLUG}`];

for (const path of PAGES) {
  // Case: XS09
  test(`security headers of ${path}`, async ({ house }) => {
    const answer = await fetch(`${house.url}${path}`);
    expect(answer.status).toBe(200);
    const policy = answer.headers.get("content-security-policy") ?? "";
    for (const rule of ["default-src 'none'", "script-src 'self'", "style-src 'self'", "require-trusted-types-for 'script'", "frame-ancestors", "base-uri 'none'", "form-action 'self'"]) {
      expect(policy).toContain(rule);
    }
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    expect(answer.headers.get("referrer-policy")).toBe("no-referrer");
    expect(answer.headers.get("cross-origin-opener-policy")).toBe("same-origin");
    expect(answer.headers.get("permissions-policy")).toContain("geolocation=()");
    expect(answer.headers.get("set-cookie")).toBeNull();
  });
}

test("a foreign host name is turned away", async ({ house, playwright }) => {
  const request = await playwright.request.newContext({ extraHTTPHeaders: { host: "evil.example" } });
  const answer = await request.get(`${house.callbackUrl}/c/${SLUG}`);
  expect(answer.status()).toBe(421);
  await request.dispose();
});

test("built files may be kept for ever, pages may not", async ({ house }) => {
  const page = await (await fetch(house.url)).text();
  const script = /src="(\/_desk\/assets\/[^"]+\.js)"/.exec(page)?.[1];
  expect((await fetch(`${house.url}${script}`)).headers.get("cache-control")).toContain("immutable");
  expect((await fetch(house.url)).headers.get("cache-control")).toBe("no-cache");
});

const TINY_BYTES = 60;

test("what a browser loads at first comes packed, and the same as unpacked", async ({ house }) => {
  for (const path of [...PAGES, "/chat.js"]) {
    const page = await (await fetch(`${house.url}${path}`)).text();
    const files = [...page.matchAll(/(?:src|href)="(\/_(?:desk|chat)\/assets\/[^"]+\.(?:js|css))"/g)].map(([, file]) => file ?? "");
    if (path !== "/chat.js") expect(files.length).toBeGreaterThan(1);
    for (const file of [path, ...files]) {
      const as = (packing: string) => fetch(`${house.url}${file}`, { headers: { "accept-encoding": packing } });
      const plain = await as("identity");
      expect(plain.headers.get("content-encoding")).toBeNull();
      const text = await plain.text();
      for (const packing of ["br", "gzip"]) {
        const answer = await as(packing);
        // A line of code grows by being packed, so it travels as it is.
        if (text.length < TINY_BYTES) {
          expect(answer.headers.get("content-encoding"), file).toBeNull();
          expect(await answer.text()).toBe(text);
          continue;
        }
        expect(answer.headers.get("content-encoding"), file).toBe(packing);
        expect(answer.headers.get("vary")).toBe("accept-encoding");
        expect(Number(answer.headers.get("content-length"))).toBeLessThan(text.length);
        expect(await answer.text()).toBe(text);
      }
    }
  }
});
