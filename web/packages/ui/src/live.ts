// The live connection: a WebSocket that resumes from a cursor, so that a gap loses nothing.
// It knows frames, not what they mean: events are handed on, a reset asks the page to fetch anew.

export type LiveState = "connecting" | "open" | "down";
export interface EventFrame<E> {
  cursor: string;
  events: E[];
}
export interface LiveOptions<E, F extends { type: string }> {
  /** Address for a cursor; null for the first connection. */
  url: (cursor: string | null) => string;
  /** Events in order. Each carries its current object: apply as upsert. */
  events: (events: E[]) => void;
  /** We may have missed something: fetch what is shown. Also called after the very first connection. */
  refetch: () => void;
  /** Typing, viewing: no cursor, may be lost. */
  ephemeral?: (frame: F) => void;
  state?: (state: LiveState) => void;
  connect?: (url: string) => WebSocket;
  random?: () => number;
  setTimer?: (run: () => void, afterMs: number) => unknown;
  clearTimer?: (timer: unknown) => void;
}

const FIRST_MS = 500;
const MOST_MS = 30_000;
/** A connection that lasted this long was a good one: the next attempt starts fresh. */
const STABLE_MS = 5_000;

export class Live<E, F extends { type: string }> {
  private socket: WebSocket | null = null;
  private cursor: string | null = null;
  private attempts = 0;
  private retryTimer: unknown = null;
  private stableTimer: unknown = null;
  private stopped = true;

  constructor(private readonly options: LiveOptions<E, F>) {}

  start(): void {
    if (!this.stopped) return;
    this.stopped = false;
    this.open();
  }

  stop(): void {
    this.stopped = true;
    this.clear();
    this.drop();
  }

  /** Try at once: the network is back, or the page is visible again. Replaces a silent connection. */
  wake(force = false): void {
    if (this.stopped) return;
    const busy = this.socket && this.socket.readyState <= 1;
    if (busy && !force) return;
    this.attempts = 0;
    this.clear();
    this.drop();
    this.open();
  }

  /** Sends an ephemeral frame if connected; these are allowed to be lost. */
  tell(frame: object): void {
    if (this.socket?.readyState === 1) this.socket.send(JSON.stringify(frame));
  }

  private open(): void {
    this.options.state?.("connecting");
    let socket: WebSocket;
    try {
      socket = (this.options.connect ?? ((url) => new WebSocket(url)))(this.options.url(this.cursor));
    } catch {
      this.retry();
      return;
    }
    this.socket = socket;
    socket.addEventListener("message", ({ data }) => this.receive(socket, data));
    socket.addEventListener("close", () => {
      if (this.socket !== socket) return;
      this.socket = null;
      this.clear();
      this.options.state?.("down");
      if (!this.stopped) this.retry();
    });
  }

  private receive(socket: WebSocket, data: unknown): void {
    if (this.socket !== socket || typeof data !== "string") return;
    let frame: { type?: string; cursor?: string; events?: E[] };
    try {
      frame = JSON.parse(data) as typeof frame;
    } catch {
      return; // One broken frame must not end the connection.
    }
    if (frame.type === "reset") {
      this.cursor = frame.cursor ?? null;
      this.ready();
      this.options.refetch();
    } else if (frame.events && frame.cursor !== undefined) {
      const first = this.cursor === null;
      this.ready();
      if (frame.events.length > 0) this.options.events(frame.events);
      // Only after the events were applied: a crash in between replays them, and they are upserts.
      this.cursor = frame.cursor;
      if (first) this.options.refetch();
    } else if (frame.type) {
      this.options.ephemeral?.(frame as unknown as F);
    }
  }

  private ready(): void {
    this.options.state?.("open");
    this.stableTimer ??= this.timer(() => (this.attempts = 0), STABLE_MS);
  }

  private retry(): void {
    const most = Math.min(MOST_MS, FIRST_MS * 2 ** this.attempts);
    this.attempts += 1;
    // Full jitter over the upper half: a restarted server is not hit by everybody at once.
    const wait = most * (0.5 + (this.options.random ?? Math.random)() / 2);
    this.retryTimer = this.timer(() => {
      this.retryTimer = null;
      this.open();
    }, wait);
  }

  private timer(run: () => void, afterMs: number): unknown {
    return (this.options.setTimer ?? ((go, ms) => setTimeout(go, ms)))(run, afterMs);
  }

  private clear(): void {
    const clear = this.options.clearTimer ?? ((timer) => clearTimeout(timer as number));
    if (this.retryTimer !== null) clear(this.retryTimer);
    if (this.stableTimer !== null) clear(this.stableTimer);
    this.retryTimer = null;
    this.stableTimer = null;
  }

  private drop(): void {
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }
}

/** ws:// or wss:// address of a path on this host. */
export function socketUrl(path: string, cursor: string | null, locale: string): string {
  const url = new URL(path, location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  // A socket cannot send the header that tells the language the reader chose.
  url.searchParams.set("locale", locale);
  if (cursor !== null) url.searchParams.set("cursor", cursor);
  return url.href;
}
