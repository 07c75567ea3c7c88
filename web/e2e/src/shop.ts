// A company's own website on another port, with the strictest policy the widget promises to live with.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export class Shop {
  private constructor(private readonly server: Server) {}

  /**
   * `chat` is the chat's origin. The page allows its script and its frame, and nothing else from outside.
   * `body` is what else the shop has on its page, `entry` the one its snippet names.
   */
  static async open(chat: () => string, body = "", entry = "laden"): Promise<Shop> {
    const server = createServer((_request, response) => {
      response.setHeader("content-security-policy", `default-src 'none'; script-src ${chat()}; frame-src ${chat()}; img-src data:; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'`);
      response.setHeader("content-type", "text/html; charset=utf-8");
      response.end(`<!doctype html><html lang="de"><head><meta name="viewport" content="width=device-width, initial-scale=1"><title>Koffer-Laden</title><link rel="icon" href="data:,"></head><body><main><h1>Koffer</h1><p>Alles für die Reise.</p>${body}</main><script src="${chat()}/chat.js" data-entry="${entry}" async></script></body></html>`);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new Shop(server);
  }

  get url(): string {
    return `http://localhost:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
