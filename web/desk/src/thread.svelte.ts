/** The conversation that is open: its timeline, what may be written in it, and what was read. */
import type { Composer, Conversation, Timeline, TimelineItem } from "@tresen/api";
import { ApiError } from "@tresen/api/client";
import { book, desk } from "./desk.svelte.ts";
import { afterPicture } from "./picture.ts";
import { api } from "./session.svelte.ts";

const PAGE = 60;
/** Timelines kept for coming back at once. */
const KEPT = 12;

export class Thread {
  readonly id: string;
  loading = $state(false);
  loadingOlder = $state(false);
  problem = $state<"missing" | "failed" | null>(null);
  composer = $state.raw<Composer | null>(null);
  composerFailed = $state(false);
  /** The line broke before the answer came. */
  composerOwed = $state(false);
  /** The first message that was unread when the conversation was opened; its divider stays. */
  firstUnread = $state<number | null>(null);
  #readUpTo = 0;
  #running: Promise<void> = Promise.resolve();
  #composerTurn = 0;

  constructor(id: string) {
    this.id = id;
    // What is known already is shown as it is, before anything is asked.
    const known = this.conversation;
    if (known && this.items) this.#markUnread(known);
  }

  readonly items = $derived.by<TimelineItem[] | null>(() => {
    void desk.threadTick;
    return book.thread(this.id)?.items ?? null;
  });
  readonly hasOlder = $derived.by(() => {
    void desk.threadTick;
    return (book.thread(this.id)?.older ?? null) !== null;
  });
  get conversation(): Conversation | undefined {
    return desk.conversation(this.id);
  }

  load(): Promise<void> {
    this.#running = this.#load();
    return this.#running;
  }

  /** Reads again what may have changed; what turned out not to exist is not asked for twice. */
  async reload(): Promise<void> {
    await this.#running;
    if (this.problem !== "missing") await this.load();
  }

  async #load(): Promise<void> {
    this.loading = true;
    this.problem = null;
    const stamp = desk.stamp;
    try {
      // Of what is not even known to exist, nothing more is asked.
      const known = this.conversation;
      const first = known && !known.restricted_since ? undefined : await api.get<Conversation>(`/conversations/${this.id}`);
      // Known from here on: an answer can be written while the timeline is still on its way.
      if (first) desk.take([first]);
      // Whose data is only kept shows nothing, and nothing is asked for.
      if (first?.restricted_since) return;
      void this.loadComposer();
      const [conversation, page] = await Promise.all([
        first ?? api.get<Conversation>(`/conversations/${this.id}`),
        api.get<Timeline>(`/conversations/${this.id}/timeline`, { from: "end", limit: PAGE }),
      ]);
      desk.take([conversation]);
      if (book.takeNewestPage(this.id, page, stamp)) desk.threadChanged();
      this.#markUnread(conversation);
    } catch (error) {
      this.problem = error instanceof ApiError && error.status === 404 ? "missing" : "failed";
    } finally {
      this.loading = false;
    }
  }

  /** The feed skipped numbers: the newest page closes the hole. */
  async mend(): Promise<void> {
    if (this.loading || !book.hasHole(this.id)) return;
    await this.load();
  }

  async loadOlder(): Promise<boolean> {
    const cursor = book.thread(this.id)?.older;
    if (!cursor || this.loadingOlder) return false;
    this.loadingOlder = true;
    const stamp = desk.stamp;
    try {
      const page = await api.get<Timeline>(`/conversations/${this.id}/timeline`, { cursor, limit: PAGE });
      book.takeOlderPage(this.id, page, stamp);
      return true;
    } catch {
      return false;
    } finally {
      this.loadingOlder = false;
      desk.threadChanged();
    }
  }

  async loadComposer(): Promise<void> {
    const turn = ++this.#composerTurn;
    this.composerFailed = false;
    this.composerOwed = false;
    try {
      const composer = await api.get<Composer>(`/conversations/${this.id}/composer`);
      if (turn === this.#composerTurn) this.composer = composer;
    } catch (error) {
      if (turn !== this.#composerTurn || this.composer) return;
      // Without an answer, or signed out, one writes on, as the window of the conversation allows; it
      // is asked again later. Only who may not write or nothing to write in takes the field away.
      const refused = error instanceof ApiError && (error.status === 403 || error.status === 404);
      if (refused) this.composerFailed = true;
      else this.composerOwed = true;
    }
  }

  /** Tells the server what was seen. Only moves forward, and only when there is something to tell. */
  async markRead(): Promise<void> {
    const conversation = this.conversation;
    const last = this.items?.at(-1)?.seq ?? 0;
    if (!conversation || last <= this.#readUpTo || conversation.unread === 0) return;
    const before = this.#readUpTo;
    this.#readUpTo = last;
    const restore = desk.pretend(this.id, { unread: 0 });
    await api.post(`/conversations/${this.id}/read`, { seq: last }).catch(() => {
      this.#readUpTo = before;
      restore();
    });
  }

  #markUnread(conversation: Conversation): void {
    if (this.firstUnread !== null || conversation.unread === 0) return;
    const inbound = (this.items ?? []).filter((item) => item.type === "message" && item.direction === "inbound");
    this.firstUnread = inbound.at(-conversation.unread)?.seq ?? inbound[0]?.seq ?? null;
  }
}

/** Steps that follow each other this closely are a walk: what it passes is not opened. */
const WALK_MS = 120;

let thread = $state.raw<Thread | null>(null);
let recent: string[] = [];
let stepped = false;
let steppedAt = Number.NEGATIVE_INFINITY;
/** What was stepped to and is not open yet. */
let ahead: { id: string; cancel: () => void } | null = null;

function arrive(): void {
  const id = ahead?.id;
  passBy();
  if (id) show(id);
}

function passBy(): void {
  ahead?.cancel();
  ahead = null;
}

function show(id: string | null): void {
  if (thread?.id === id) return;
  desk.view(id);
  if (id === null) {
    thread = null;
    return;
  }
  recent = [id, ...recent.filter((other) => other !== id)].slice(0, KEPT);
  book.keepThreads(recent);
  const opened = new Thread(id);
  thread = opened;
  if (!opened.items) return void opened.load();
  afterPicture(() => {
    if (thread === opened) void opened.load();
  });
}

export const current = {
  get thread() {
    return thread;
  },
  get conversation() {
    return thread?.conversation;
  },
  /** What is opened next was stepped to. */
  stepping(): void {
    stepped = true;
  },
  /**
   * Opens a conversation at once, or, when it was stepped to, behind the picture that shows which row
   * was reached; a further step that comes soon takes its place.
   */
  open(id: string | null): void {
    passBy();
    const [wasStepped, before] = [stepped, steppedAt];
    stepped = false;
    if (!wasStepped || !id) return show(id);
    steppedAt = performance.now();
    ahead = { id, cancel: afterPicture(arrive, steppedAt - before < WALK_MS ? WALK_MS : 0) };
  },
  /** Whoever acts on what was reached finds it open. */
  settle: arrive,
  reload(): void {
    void thread?.reload();
  },
};
