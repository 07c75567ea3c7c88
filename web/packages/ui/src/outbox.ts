// Messages on their way to the server. Each keeps the id its page gave it (`client_id`), so that a
// repeated attempt is the same message; each conversation goes out in order, one after the other.
// Entries survive a closed page with their files; nothing is opened or stored before the first `add`.

export interface OutboxFile {
  key: string;
  name: string;
  mime: string;
  blob: Blob;
  /** pixels */
  width?: number;
  height?: number;
  voice?: boolean;
  /** Set once uploaded, so that a later attempt does not upload again. */
  attachment_id?: string;
}
export interface OutboxEntry {
  client_id: string;
  /** The conversation, or the entry's slug before there is one. */
  queue: string;
  /** Order within the queue; grows. */
  position: number;
  created_at: string;
  text: string | null;
  files: OutboxFile[];
  /** What the page needs besides text and files, for example a quote; kept as it is. */
  extra?: Record<string, unknown>;
  /** A refused entry stays for the person to decide; the ones behind it go on. */
  state: "waiting" | "refused";
  explanation?: string;
  /** Refused for what it is: the same again would be refused again. */
  final?: boolean;
  /** Waited so long that a person should say whether it is still wanted (`staleAfterMs`). */
  stale?: boolean;
}
export interface OutboxStore {
  all(): Promise<OutboxEntry[]>;
  put(entry: OutboxEntry): Promise<void>;
  delete(clientId: string): Promise<void>;
}
/** What `send` tells: done, try later (the queue waits), or refused for good. */
export type SendOutcome = { done: true } | { later: true; afterS?: number } | { refused: string; final?: boolean };

export interface OutboxOptions {
  /** Opens the store for writing; called at the first `add`. */
  open: () => Promise<OutboxStore>;
  /** Opens the store only if an earlier page left one behind. */
  openExisting: () => Promise<OutboxStore | null>;
  /** Must be safe to call twice for one entry. May fill `attachment_id`s and call `keep`. */
  send: (entry: OutboxEntry, keep: () => Promise<void>) => Promise<SendOutcome>;
  changed: () => void;
  now: () => Date;
  /** Runs one flush at a time across the tabs of a browser; see `acrossTabs`. */
  exclusive?: (run: () => Promise<void>) => Promise<void>;
  schedule?: (run: () => void, afterMs: number) => unknown;
  cancel?: (timer: unknown) => void;
  random?: () => number;
  /** What an earlier page left and is older than this waits for `resume`; default: never. */
  staleAfterMs?: number;
}

const RETRY_FIRST_MS = 1_000;
const RETRY_MOST_MS = 60_000;

export class Outbox {
  private readonly entries = new Map<string, OutboxEntry>();
  /** Ids known to be in the store: what was there and is gone was sent by another tab. */
  private readonly durable = new Set<string>();
  private store: OutboxStore | null = null;
  private running: Promise<void> | null = null;
  private again = false;
  private timer: unknown = null;
  private failures = 0;

  constructor(private readonly options: OutboxOptions) {}

  /** Everything that waits or was refused in a queue, in order. */
  list(queue?: string): OutboxEntry[] {
    return [...this.entries.values()]
      .filter((entry) => queue === undefined || entry.queue === queue)
      .sort((a, b) => a.position - b.position);
  }

  /** Takes up what an earlier page left, and sends it. */
  async start(): Promise<void> {
    this.store ??= await this.options.openExisting().catch(() => null);
    if (!this.store) return;
    await this.reload();
    const limit = this.options.now().getTime() - (this.options.staleAfterMs ?? Infinity);
    for (const entry of this.entries.values()) entry.stale = Date.parse(entry.created_at) < limit;
    this.options.changed();
    await this.flush();
  }

  /** Stores an entry durably, then begins to send. Resolves when it is stored. */
  async add(entry: Omit<OutboxEntry, "position" | "created_at" | "state">): Promise<void> {
    const now = this.options.now();
    const last = Math.max(0, ...[...this.entries.values()].map(({ position }) => position));
    const position = Math.max(last + 1, now.getTime());
    const full: OutboxEntry = { ...entry, position, created_at: now.toISOString(), state: "waiting" };
    this.entries.set(full.client_id, full);
    this.options.changed();
    this.store ??= await this.options.open().catch(() => null);
    // Without a store (private mode, disk full) the entry lives as long as the page.
    await this.keep(full);
    void this.flush();
  }

  /** The server has this message: forget our copy. Safe to call for ids we never had. */
  async settle(clientId: string): Promise<void> {
    if (!this.entries.delete(clientId)) return;
    this.durable.delete(clientId);
    await this.store?.delete(clientId).catch(() => undefined);
    this.options.changed();
  }

  /** A refused entry, tried again as a new message: the old id is spent. */
  async retry(clientId: string, freshId: string): Promise<void> {
    const entry = this.entries.get(clientId);
    if (!entry || entry.state !== "refused") return;
    await this.settle(clientId);
    // Uploads are repeated as well: what was refused may have been the attachment.
    const files = entry.files.map(({ attachment_id: _, ...file }) => file);
    const { queue, text, extra } = entry;
    await this.add({ client_id: freshId, queue, text, files, ...(extra ? { extra } : {}) });
  }

  /** A stale entry is still wanted. The id stays: an earlier attempt may have arrived. */
  async resume(clientId: string): Promise<void> {
    const entry = this.entries.get(clientId);
    if (!entry?.stale) return;
    entry.stale = false;
    this.options.changed();
    await this.flush();
  }

  /** Sends all that waits. Call on start, when online again, when visible again. */
  flush(): Promise<void> {
    if (this.running) {
      this.again = true;
      return this.running;
    }
    this.clearTimer();
    const exclusive = this.options.exclusive ?? ((run) => run());
    this.running = exclusive(() => this.drain()).finally(() => {
      this.running = null;
      const again = this.again;
      this.again = false;
      if (again && this.timer === null) void this.flush();
    });
    return this.running;
  }

  private async drain(): Promise<void> {
    await this.reload();
    const queues = new Set(this.list().map(({ queue }) => queue));
    const results = await Promise.all([...queues].map((queue) => this.drainQueue(queue)));
    const waits = results.filter((wait) => wait !== null);
    if (waits.length === 0) {
      this.failures = 0;
      return;
    }
    this.failures += 1;
    this.scheduleRetry(Math.max(...waits) * 1000);
  }

  /** Null when nothing is left to send, else the seconds the server asked to wait. */
  private async drainQueue(queue: string): Promise<number | null> {
    for (;;) {
      const entry = this.list(queue).find(({ state, stale }) => state === "waiting" && !stale);
      if (!entry) return null;
      const keep = async () => {
        if (this.entries.has(entry.client_id)) await this.keep(entry);
        this.options.changed();
      };
      const outcome = await this.options.send(entry, keep);
      if ("later" in outcome) return outcome.afterS ?? 0;
      if ("done" in outcome) {
        await this.settle(entry.client_id);
      } else {
        entry.state = "refused";
        entry.explanation = outcome.refused;
        if (outcome.final) entry.final = true;
        await keep();
      }
    }
  }

  private async keep(entry: OutboxEntry): Promise<void> {
    if (!this.store) return;
    try {
      await this.store.put(entry);
      this.durable.add(entry.client_id);
    } catch {
      // The disk is full or the browser took the database away: the entry lives as long as the page.
    }
  }

  /** Another tab may have sent or added entries since we looked. */
  private async reload(): Promise<void> {
    if (!this.store) return;
    const stored = await this.store.all().catch(() => null);
    if (!stored) return;
    const known = new Set(stored.map(({ client_id }) => client_id));
    for (const id of this.durable) {
      if (known.has(id)) continue;
      this.durable.delete(id);
      this.entries.delete(id);
    }
    for (const entry of stored) {
      this.durable.add(entry.client_id);
      if (!this.entries.has(entry.client_id)) this.entries.set(entry.client_id, entry);
    }
    this.options.changed();
  }

  private scheduleRetry(atLeastMs: number): void {
    const step = Math.min(RETRY_MOST_MS, RETRY_FIRST_MS * 2 ** (this.failures - 1));
    const jitter = (this.options.random ?? Math.random)();
    const schedule = this.options.schedule ?? ((run, ms) => setTimeout(run, ms));
    this.timer = schedule(
      () => {
        this.timer = null;
        void this.flush();
      },
      Math.max(atLeastMs, step * (0.5 + jitter / 2)),
    );
  }

  private clearTimer(): void {
    if (this.timer === null) return;
    (this.options.cancel ?? ((timer) => clearTimeout(timer as number)))(this.timer);
    this.timer = null;
  }
}

/** One flusher among all tabs, where the browser has Web Locks. */
export function acrossTabs(name: string): (run: () => Promise<void>) => Promise<void> {
  return async (run) => {
    if (typeof navigator === "undefined" || !navigator.locks) return run();
    let begun = false;
    const once = () => {
      begun = true;
      return run();
    };
    try {
      await navigator.locks.request(`outbox ${name}`, once);
    } catch (error) {
      // A widget without storage rights gets no lock either; it is alone with its queue then.
      if (begun) throw error;
      await run();
    }
  };
}
