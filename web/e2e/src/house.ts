// One installation under test: the real binary on a data directory of its own, and the ways in.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Channel, Conversation, Entry, List, Message, Role, Session, Teammate, Timeline } from "@tresen/api";
import type { BrowserContext } from "@playwright/test";
import { built, Program, run } from "./program.ts";
import type { Provider } from "./provider.ts";

export interface Person {
  id: string;
  name: string;
  email: string;
  password: string;
}

export const OWNER = { name: "Aylin Kaya", email: "aylin.kaya@bergmann.example", password: "neun graue Gänse am See" };
export const SLUG = "bergmann";

const ENTRY_TITLE = "Bergmann Leipzig";

export class House {
  owner: Person = { id: "", ...OWNER };
  entry: Entry | null = null;
  #token = "";

  private constructor(
    readonly data: string,
    private program: Program,
    private readonly args: string[],
  ) {}

  /** Starts on an empty directory. Nobody is set up yet; see `setUp`. */
  static async open(options: { provider?: Provider } = {}): Promise<House> {
    const data = await mkdtemp(join(tmpdir(), "tresen-e2e-"));
    const args = options.provider ? ["--allow-private-net", new URL(options.provider.url).host] : [];
    const program = await Program.start(built("tresen"), ["serve", "--data", data, "--listen", "127.0.0.1:0", ...args]);
    return new House(data, program, args);
  }

  /** The address people use: passkeys need a name, and `localhost` is one. */
  get url(): string {
    return this.program.url.replace("127.0.0.1", "localhost");
  }

  /** The address without a name, for providers on this machine. */
  get callbackUrl(): string {
    return this.program.url;
  }

  get setupLink(): string {
    const link = this.program.lines.map((line) => /^set up at (\S+)/.exec(line)?.[1]).find(Boolean);
    if (!link) throw new Error(`no set-up link among:\n${this.program.lines.join("\n")}`);
    return link;
  }

  get log(): string {
    return this.program.lines.join("\n");
  }

  /** What the wizard does, without the wizard. */
  async setUp(): Promise<this> {
    const token = new URL(this.setupLink).hash.slice(1);
    const answer = await this.#ask<{ session: Session; entry: Entry }>("POST", "/setup", {
      token,
      locale: "de",
      company: { name: "Bergmann", country: "DE" },
      owner: OWNER,
      chat: { slug: SLUG, title: ENTRY_TITLE },
      privacy: { controller: "Bergmann GmbH", contact_email: "datenschutz@bergmann.example", retention_days: 90 },
    });
    this.owner.id = answer.session.teammate.id;
    this.entry = answer.entry;
    this.#token = run(built("tresen"), ["token", "issue", "--data", this.data, "--email", OWNER.email]);
    return this;
  }

  /** A further teammate, made on the command line beside the running server. */
  addTeammate(name: string, role: Role = "teammate", email = `${name.toLowerCase().replaceAll(" ", ".")}@bergmann.example`): Person {
    const password = "acht gelbe Enten im Teich";
    const id = run(built("tresen"), ["user", "add", "--data", this.data, "--email", email, "--name", name, "--role", role, "--password-stdin"], password);
    return { id, name, email, password };
  }

  async stop(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<number | null> {
    return this.program.stop(signal);
  }

  /** The same data on the same port again. */
  async startAgain(): Promise<void> {
    const listen = new URL(this.program.url).host;
    this.program = await Program.start(built("tresen"), ["serve", "--data", this.data, "--listen", listen, ...this.args]);
  }

  async close(): Promise<void> {
    await this.stop();
    await rm(this.data, { recursive: true, force: true });
  }

  /** Gives a browser context this person's session, without the sign-in page. */
  async signIn(context: BrowserContext, person: Person = this.owner): Promise<void> {
    const answer = await context.request.post(`${this.url}/api/v1/session`, { data: { email: person.email, password: person.password } });
    if (!answer.ok()) throw new Error(`sign-in answered ${answer.status()}: ${await answer.text()}`);
  }

  /** What a teammate does at the desk: a token's messages count as automatic, these do not. */
  async actAs(person: Person): Promise<(method: string, path: string, body: unknown) => Promise<Response>> {
    const signIn = await fetch(`${this.program.url}/api/v1/session`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ email: person.email, password: person.password }),
    });
    const cookie = (signIn.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
    const { csrf_token } = (await signIn.json()) as Session;
    return async (method, path, body) => {
      const headers = { "content-type": "application/json", cookie, "x-csrf-token": csrf_token, origin: this.url };
      const answer = await fetch(`${this.url}/api/v1${path}`, { method, headers, body: JSON.stringify(body) });
      if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`);
      return answer;
    };
  }

  get<T>(path: string): Promise<T> {
    return this.#ask<T>("GET", path);
  }
  post<T>(path: string, body: unknown): Promise<T> {
    return this.#ask<T>("POST", path, body);
  }
  patch<T>(path: string, body: unknown): Promise<T> {
    return this.#ask<T>("PATCH", path, body);
  }

  async conversations(query = "limit=200"): Promise<Conversation[]> {
    return (await this.get<List<Conversation>>(`/conversations?${query}`)).items;
  }

  async channels(): Promise<Channel[]> {
    return (await this.get<List<Channel>>("/channels")).items;
  }

  async teammates(): Promise<Teammate[]> {
    return (await this.get<List<Teammate>>("/teammates")).items;
  }

  /** The newest messages of a conversation, oldest first. */
  async messages(conversationId: string): Promise<Message[]> {
    const { items } = await this.get<Timeline>(`/conversations/${conversationId}/timeline?from=end&limit=200`);
    return items.filter((item) => item.type === "message");
  }

  /** All conversations, page by page. */
  async everyConversation(): Promise<Conversation[]> {
    const all: Conversation[] = [];
    let cursor: string | null = null;
    do {
      const page: List<Conversation> = await this.get<List<Conversation>>(`/conversations?limit=200${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`);
      all.push(...page.items);
      cursor = page.next_cursor;
    } while (cursor);
    return all;
  }

  /** The content of an attachment. */
  async bytes(url: string): Promise<ArrayBuffer> {
    const answer = await fetch(`${this.program.url}${url}`, { headers: { authorization: `Bearer ${this.#token}` } });
    if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
    return answer.arrayBuffer();
  }

  async connectWhatsApp(provider: Provider): Promise<Channel> {
    const { settings } = provider;
    const channel = await this.post<Channel>("/channels", { kind: "whatsapp", name: "WhatsApp Leipzig", settings: { ...settings, api_base: provider.url } });
    await provider.call("POST", "/_sim/numbers", { webhook_url: `${this.callbackUrl}/callbacks/${channel.id}`, verify_token: settings.verify_token, handshake: true });
    return channel;
  }

  async #ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const headers: Record<string, string> = { "content-type": "application/json", "accept-language": "de" };
    if (this.#token) headers["authorization"] = `Bearer ${this.#token}`;
    const answer = await fetch(`${this.program.url}/api/v1${path}`, { method, headers, body: body === undefined ? null : JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
    return (text ? JSON.parse(text) : undefined) as T;
  }
}
