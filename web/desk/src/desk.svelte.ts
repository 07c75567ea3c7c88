/**
 * The desk's live state: the book (what we know), ticks that tell views it changed, the
 * socket that feeds it, and the few lists every page needs.
 */
import type { Channel, Conversation, ConversationCounts, LiveEvent, Teammate, TypingFrame, ViewingFrame } from "@tresen/api";
import { Live, type LiveState, socketUrl } from "@tresen/ui/live.ts";
import { prefs } from "./prefs.svelte.ts";
import { presence } from "./presence.svelte.ts";
import { api, auth } from "./session.svelte.ts";
import { Book, nothingTouched } from "./state/book.ts";

const NO_COUNTS: ConversationCounts = { mine: 0, queue: 0, waiting: 0, snoozed: 0, done: 0, unread_mine: 0 };
/** How long the first lists wait for the socket, whose cursor makes them seamless. */
const FIRST_FRAME_MS = 1_200;
const COUNTS_EVERY_MS = 400;
const SESSION_CHECK_MS = 10_000;

export const book = new Book();

let conversationTick = $state(0);
let threadTick = $state(0);
let generation = $state(0);
let counts = $state.raw<ConversationCounts>(NO_COUNTS);
let teammates = $state.raw<Teammate[]>([]);
let channels = $state.raw<Channel[] | null>(null);
let connected = $state(true);
let viewing: string | null = null;
let feedAt = 0;
let live: Live<LiveEvent, TypingFrame | ViewingFrame> | undefined;
let checkedAt = 0;
let countsTimer: ReturnType<typeof setTimeout> | undefined;
let frame = 0;
let waiting: LiveEvent[] = [];

export const desk = {
  /** Hears every event that arrives, for what calls a person back. */
  onevents: null as ((events: readonly LiveEvent[]) => void) | null,
  /** Read by views: changes whenever any conversation did. */
  get conversationTick() {
    return conversationTick;
  },
  get threadTick() {
    return threadTick;
  },
  /** Grows when the feed was reset and every list has to be read anew. */
  get generation() {
    return generation;
  },
  get counts() {
    return counts;
  },
  /** The own chat stands, and nobody has written yet. */
  get untouched() {
    const { mine, queue, waiting, snoozed, done } = counts;
    return counts !== NO_COUNTS && mine + queue + waiting + snoozed + done === 0 && (channels ?? []).some((channel) => channel.kind === "webchat");
  },
  get teammates() {
    return teammates;
  },
  get channels() {
    return channels;
  },
  get connected() {
    return connected;
  },
  /** Stamp for what is being fetched now: newer than the feed so far, older than its next event. */
  get stamp() {
    return feedAt + 0.5;
  },

  async start(): Promise<void> {
    void desk.loadTeammates();
    // Who may not read conversations has no feed to follow.
    if (!auth.may("converse")) return desk.loadChannels();
    live = new Live({
      url: (cursor) => socketUrl("/api/v1/live", cursor, prefs.language),
      events: take,
      refetch: readAnew,
      ephemeral: (frame) => (frame.type === "typing" ? presence.typing(frame) : presence.viewing(frame)),
      state: follow,
    });
    live.start();
    addEventListener("online", back);
    addEventListener("offline", gone);
    document.addEventListener("visibilitychange", wake);
    // Without a socket the lists are read all the same; they are read again once it opens.
    await new Promise((resolve) => setTimeout(resolve, FIRST_FRAME_MS));
    if (generation === 0) readAnew();
  },

  stop(): void {
    live?.stop();
    live = undefined;
    removeEventListener("online", back);
    removeEventListener("offline", gone);
    document.removeEventListener("visibilitychange", wake);
  },

  /** After signing in again the socket has a new session to show. */
  reconnect(): void {
    live?.wake(true);
    void desk.loadCounts();
  },

  /** The language changed: what the server put into words is read again. */
  relearn(): void {
    live?.wake(true);
    readAnew();
  },

  /** Typing and the like: may be lost. */
  tell(frame: object): void {
    live?.tell(frame);
  },

  /** What is open here, for the others to see. Said again after every new connection. */
  view(conversationId: string | null): void {
    viewing = conversationId;
    desk.tell({ type: "viewing", conversation_id: conversationId });
  },

  conversation(id: string | null): Conversation | undefined {
    void conversationTick;
    return id ? book.conversations.get(id) : undefined;
  },

  take(conversations: Iterable<Conversation>): void {
    let changed = false;
    for (const c of conversations) changed = book.takeConversation(c) || changed;
    if (changed) conversationTick += 1;
  },

  /** Whoever was erased is on this screen no longer than in the house. */
  forgetContact(contactId: string): void {
    for (const { id, contact } of book.conversations.values()) if (contact.id === contactId) book.forgetConversation(id);
    conversationTick += 1;
    threadTick += 1;
    void desk.loadCounts();
  },

  /** Shows a change before the server confirms it; the confirmed version replaces it. */
  pretend(id: string, change: Partial<Conversation>): () => void {
    const before = book.conversations.get(id);
    if (!before) return () => {};
    const shown = { ...before, ...change };
    book.conversations.set(id, shown);
    conversationTick += 1;
    return () => {
      if (book.conversations.get(id) !== shown) return;
      book.conversations.set(id, before);
      conversationTick += 1;
    };
  },

  threadChanged(): void {
    threadTick += 1;
  },

  async loadCounts(): Promise<void> {
    if (!auth.may("converse")) return;
    counts = await api.get<ConversationCounts>("/conversations/counts").catch(() => counts);
  },

  async loadTeammates(): Promise<void> {
    if (!auth.may("read-team")) return;
    teammates = await api.get<{ items: Teammate[] }>("/teammates").then((list) => list.items, () => teammates);
  },

  async loadChannels(): Promise<void> {
    if (!auth.may("read-team")) return;
    channels = await api.get<{ items: Channel[] }>("/channels").then((list) => list.items, () => channels);
  },
};

/** Events of one frame of the screen are applied together: a burst costs one drawing. */
function take(events: readonly LiveEvent[]): void {
  waiting.push(...events);
  if (waiting.length === 0 || frame) return;
  // A hidden page gets no animation frames; the title and the badge still have to follow.
  if (document.hidden) return apply();
  frame = requestAnimationFrame(apply);
}

function apply(): void {
  frame = 0;
  const events = waiting;
  waiting = [];
  const touched = nothingTouched();
  let channelsChanged = false;
  let teamChanged = false;
  for (const event of events) {
    feedAt = Math.max(feedAt, event.seq);
    book.apply(event, touched);
    if (event.kind === "channel.updated") channelsChanged = true;
    if (event.kind === "teammate.updated") teamChanged = true;
    if (event.contact) presence.contactChanged(event.contact);
    if (event.item?.type === "message" && event.conversation_id) presence.wrote(event.conversation_id, event.item);
  }
  desk.onevents?.(events);
  if (touched.conversations.size > 0) {
    conversationTick += 1;
    countsTimer ??= setTimeout(() => {
      countsTimer = undefined;
      void desk.loadCounts();
    }, COUNTS_EVERY_MS);
  }
  if (touched.threads.size > 0) threadTick += 1;
  if (channelsChanged) void desk.loadChannels();
  if (teamChanged) void auth.refresh().then(() => desk.loadTeammates());
}

/** Everything may have changed: forget and read again what is shown. */
function readAnew(): void {
  // The first time there is nothing to forget, and a timeline may have arrived before the socket.
  if (generation > 0) {
    waiting = [];
    book.clear(viewing);
  }
  conversationTick += 1;
  threadTick += 1;
  generation += 1;
  void desk.loadCounts();
  void desk.loadChannels();
}

function follow(state: LiveState): void {
  if (state === "connecting") return;
  connected = state === "open";
  if (connected && viewing) desk.view(viewing);
  // A socket that is refused does not say why: the session may be over.
  if (!connected && Date.now() - checkedAt > SESSION_CHECK_MS && auth.phase === "in") {
    checkedAt = Date.now();
    void api.get("/session").catch(ignore);
  }
}

function wake(): void {
  if (!document.hidden) live?.wake();
}

/** The device says so long before a silent socket would notice. */
function gone(): void {
  connected = false;
}

/** A socket from before the gap may be dead without knowing it. */
function back(): void {
  live?.wake(true);
}

function ignore(): void {
  // A list that did not arrive stays as it was; the connection banner tells the rest.
}
