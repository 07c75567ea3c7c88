/** One's own data as the server tells it, and what one can do about it. */
import type { Export, MyCode, MyData, MyErasure } from "@tresen/api";
import { ApiError, createClient } from "@tresen/api/client";
import { currentLanguage, t } from "@tresen/i18n";

export type Stage = "ask" | "opening" | "open" | "closed" | "down";

const api = createClient({ base: "/me/v1", language: currentLanguage });
const POLL_MS = 600;
/** Who read a moment ago stands there a moment later. */
const FRESH_MS = 4_000;

/** What went wrong, in a sentence. */
export function sentence(error: unknown): string {
  if (!(error instanceof ApiError)) return t("me.down");
  const field = Object.values(error.problem.fields ?? {})[0];
  return field ?? (error.problem.detail || error.problem.title);
}

export class My {
  stage = $state<Stage>("opening");
  /** Why it is closed, where the server says so. */
  why = $state<string | null>(null);
  data = $state.raw<MyData | null>(null);
  copy = $state.raw<Export | null>(null);
  #token: string | null;
  /** Readings of the data; an answer to an earlier one than the last is old news. */
  #asked = 0;

  constructor(token: string | null) {
    this.#token = token;
    // A link is opened by a tap: programs that look at links do not tap.
    if (token) this.stage = "ask";
    else void this.open();
  }

  async open(): Promise<void> {
    this.stage = "opening";
    this.why = null;
    try {
      await api.post("/session", this.#token ? { token: this.#token } : {});
      // It opened once and is worth nothing any more.
      if (this.#token) history.replaceState(null, "", location.pathname);
      this.#token = null;
      await this.load();
      this.stage = "open";
    } catch (error) {
      this.#failed(error);
    }
  }

  async load(): Promise<void> {
    const asked = (this.#asked += 1);
    const data = await api.get<MyData>("/data");
    if (asked === this.#asked) this.data = data;
  }

  /** Reads anew for as long as somebody looks. Answers how to stop. */
  watch(): () => void {
    const look = () => {
      if (this.stage === "open" && document.visibilityState === "visible") void this.#refresh();
    };
    const timer = setInterval(look, FRESH_MS);
    document.addEventListener("visibilitychange", look);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", look);
    };
  }

  async #refresh(): Promise<void> {
    try {
      await this.load();
    } catch (error) {
      // Without a network what stands there is still the newest there is.
      const over = error instanceof ApiError && (error.status === 401 || error.status === 404);
      if (over && this.stage === "open") this.#failed(error);
    }
  }

  /** Does something and reads anew. Answers what went wrong, or null. */
  async act(work: () => Promise<unknown>): Promise<string | null> {
    try {
      await work();
      await this.load();
      return null;
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) this.#failed(error);
      return sentence(error);
    }
  }

  correct = (change: { name?: string; locale?: string }) => this.act(() => api.patch("/data", change));
  withdraw = (purpose: string, channel_id: string) => this.act(() => api.post("/consents/withdraw", { purpose, channel_id }));
  restrict = (reason: string) => this.act(() => api.post("/restriction", { reason }));
  lift = () => this.act(() => api.delete("/restriction"));
  erase = () => this.act(() => api.post<MyErasure>("/erasure"));
  keep = () => this.act(() => api.delete("/erasure"));
  sendCode = () => api.post<MyCode>("/code");
  prove = (code: string) => api.post("/code/confirm", { code });

  /** Fetches the copy as a file, and tells how far it is. */
  async fetchCopy(): Promise<string | null> {
    try {
      this.copy = await api.post<Export>("/exports");
      const link = document.createElement("a");
      link.href = `/me/v1/exports/${this.copy.id}/content`;
      link.download = "";
      document.body.append(link);
      link.click();
      link.remove();
      while (this.copy.state === "ready" || this.copy.state === "running") {
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
        this.copy = await api.get<Export>(`/exports/${this.copy.id}`);
      }
      await this.load();
      return this.copy.state === "broken" ? t("me.copy.broken") : null;
    } catch (error) {
      this.copy = null;
      return sentence(error);
    }
  }

  async leave(): Promise<void> {
    try {
      await api.delete("/session");
    } catch (error) {
      // A session that is over already is as good as ended.
      if (!(error instanceof ApiError && error.status === 401)) return this.#failed(error);
    }
    this.#asked += 1;
    this.data = null;
    this.why = t("me.left");
    this.stage = "closed";
  }

  #failed(error: unknown): void {
    this.#asked += 1;
    this.data = null;
    const known = error instanceof ApiError && error.status < 500;
    this.stage = known ? "closed" : "down";
    const own = known && error.code !== "chat_session_over";
    this.why = own ? sentence(error) : null;
  }
}
