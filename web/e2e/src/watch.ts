// What no page may do: complain on the console, throw, or ask a foreign host for anything.
import { expect, type BrowserContext, type Page } from "@playwright/test";

export class Watch {
  readonly complaints: string[] = [];
  readonly foreign: string[] = [];
  /** Hosts that belong to the test, as `localhost:8080`. */
  readonly own = new Set<string>();
  readonly #tolerated: RegExp[] = [];

  /** A complaint the test itself provokes, such as a request without a network. */
  tolerate(...patterns: RegExp[]): void {
    this.#tolerated.push(...patterns);
  }

  follow(context: BrowserContext): void {
    context.on("request", (request) => {
      const url = new URL(request.url());
      if (/^(https?|wss?):$/.test(url.protocol) && !this.own.has(url.host)) this.foreign.push(request.url());
    });
    context.on("page", (page) => this.#followPage(page));
  }

  #followPage(page: Page): void {
    page.on("pageerror", (error) => this.complaints.push(`thrown: ${error.stack ?? error.message}`));
    page.on("console", (message) => {
      if (message.type() !== "error" && message.type() !== "warning") return;
      this.complaints.push(`${message.type()}: ${message.text()} (${message.location().url})`);
    });
  }

  /** Fails with everything that was noticed and not tolerated. */
  check(): void {
    const left = this.complaints.filter((complaint) => !this.#tolerated.some((pattern) => pattern.test(complaint)));
    expect(left, "console and page errors").toEqual([]);
    expect(this.foreign, "requests to foreign hosts").toEqual([]);
  }
}
