// The simulated WhatsApp platform: people who write, and what the desk has sent to them.
import { createHmac } from "node:crypto";
import { built, Program } from "./program.ts";

export interface SimulatedCall {
  method: string;
  path: string;
  body: Record<string, unknown> | null;
  status: number;
}

interface Interactive {
  action?: { buttons?: { reply: { id: string; title: string } }[] };
}

export class Provider {
  /** What a channel needs to reach the built-in number. */
  readonly settings = {
    phone_number_id: "930000000000001",
    business_account_id: "920000000000001",
    access_token: "sim-access-token",
    app_secret: "sim-app-secret",
    verify_token: "sim-verify-token",
  };

  private constructor(private readonly program: Program) {}

  static async open(): Promise<Provider> {
    return new Provider(await Program.start(built("sims"), ["whatsapp", "--listen", "127.0.0.1:0"]));
  }

  get url(): string {
    return this.program.url;
  }

  async close(): Promise<void> {
    await this.program.stop();
  }

  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await fetch(`${this.url}${path}`, {
      method,
      headers: { "content-type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
    return JSON.parse(text) as T;
  }

  /** Somebody writes. `agoMs` lets the message be that old. */
  async write(from: string, text: string, options: { agoMs?: number } = {}): Promise<void> {
    const timestamp = options.agoMs === undefined ? {} : { timestamp_ms: Date.now() - options.agoMs };
    await this.call("POST", "/_sim/inbound", { from, type: "text", text, ...timestamp });
  }

  /** Somebody taps the button with these words among those that were last sent to them. */
  async press(from: string, words: RegExp): Promise<void> {
    const buttons = (await this.sent()).flatMap(({ interactive }) => (interactive as Interactive | undefined)?.action?.buttons ?? []);
    const button = buttons.findLast(({ reply }) => words.test(reply.title));
    if (!button) throw new Error(`no button says ${words.source} but ${buttons.map(({ reply }) => reply.title).join(", ")}`);
    await this.call("POST", "/_sim/inbound", { from, type: "interactive", interactive: { type: "button_reply", button_reply: button.reply } });
  }

  /** An approved German template without gaps. */
  async template(name: string, body: string): Promise<void> {
    const { access_token, business_account_id } = this.settings;
    const answer = await fetch(`${this.url}/v25.0/${business_account_id}/message_templates`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${access_token}` },
      body: JSON.stringify({ name, language: "de", category: "UTILITY", components: [{ type: "BODY", text: body }] }),
    });
    if (!answer.ok) throw new Error(`the template was answered ${answer.status}: ${await answer.text()}`);
    await this.call("POST", `/_sim/templates/${name}`, { status: "APPROVED" });
  }

  /** A person with a name of our choice. */
  async person(key: string, phone: string, name: string): Promise<void> {
    await this.call("POST", "/_sim/users", { key, phone, name });
  }

  /** Messages the desk has handed over, oldest first; read marks and typing are no messages. */
  async sent(): Promise<Record<string, unknown>[]> {
    const { requests } = await this.call<{ requests: SimulatedCall[] }>("GET", "/_sim/ledger");
    return requests
      .filter(({ method, path }) => method === "POST" && path.endsWith("/messages"))
      .map(({ body }) => body ?? {})
      .filter((body) => "type" in body);
  }

  /** The signature header the platform would send with these bytes. */
  sign(bytes: string): string {
    return `sha256=${createHmac("sha256", this.settings.app_secret).update(bytes).digest("hex")}`;
  }
}
