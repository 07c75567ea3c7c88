// The suite drives Debian's Chromium; nothing is downloaded. One browser a worker, contexts per test.
import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";

// The same browser without its own window: a third less of the processor goes into it.
const SHELL = "/usr/bin/chromium-headless-shell";
const browser = process.env["CHROMIUM"] ?? (existsSync(SHELL) ? SHELL : "/usr/bin/chromium");
// `E2E_PICTURES=dir` takes the documentation's pictures instead of judging.
const pictures = process.env["E2E_PICTURES"];
// `E2E_MEASURES=file` measures instead, one thing at a time.
const measures = process.env["E2E_MEASURES"];

export default defineConfig({
  testDir: pictures ? "pictures" : measures ? "measures" : "tests",
  outputDir: "results",
  fullyParallel: false,
  workers: measures ? 1 : Number(process.env["E2E_WORKERS"] ?? 2),
  timeout: 60_000,
  expect: { timeout: 10_000 },
  forbidOnly: true,
  retries: 0,
  reporter: [["./src/report.ts"]],
  use: {
    locale: "de-DE",
    timezoneId: "Europe/Berlin",
    screenshot: process.env["E2E_SCREENSHOTS"] ? "only-on-failure" : "off",
    trace: process.env["E2E_TRACE"] ? "retain-on-failure" : "off",
    launchOptions: {
      executablePath: browser,
      args: ["--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"],
    },
  },
});
