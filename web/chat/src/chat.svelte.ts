// State and actions of the customer chat. Nothing is stored and no session exists before the first
// message is sent; the outbox sends, the live connection and the timeline bring what the server has.
import type { ChatConversation, ChatEntry, ChatSession, LiveEvent, Message, Timeline } from "@tresen/api";
import { ApiError, createClient, OfflineError } from "@tresen/api/client";
import { currentLanguage, t } from "@tresen/i18n";
import { Live, socketUrl, type LiveState } from "@tresen/ui/live.ts";
import { openExistingOutboxStore, openOutboxStore } from "@tresen/ui/outbox-store.ts";
import { acrossTabs, Outbox, type OutboxEntry, type OutboxFile, type SendOutcome } from "@tresen/ui/outbox.ts";
import { newClientId } from "./identity.ts";
import { mergeMessages } from "./thread.ts";

interface TypingTold {
  type: "typing";
  on: boolean;
  by: { name: string };
}

export interface ChatHooks {
  /** After the first message of this visit was accepted: now the device may keep things. */
  accepted: () => void;
  /** Messages of the company that arrived while the page is open. */
  arrived: (messages: Message[]) => void;
  /** What came while the page was closed; told once, with the first look at the timeline. */
  missed: (messages: Message[]) => void;
}

const PAGE = 50;
/** Without a live connection for so long, the page asks by itself. */
const POLL_MS = 15_000;
const TYPING_SHOWN_MS = 8_000;
const TYPING_TOLD_MS = 4_000;
/** What waited for a day is perhaps no longer wanted. */
const STALE_MS = 24 * 3_600_000;

const client = createClient({ base: "/chat/v1", language: currentLanguage });

/** The public facts of an entry in the page's language. Stores nothing on either side. */
export function fetchEntry(slug: string): Promise<ChatEntry> {
  return client.get<ChatEntry>(`/entries/${encodeURIComponent(slug)}`, { locale: currentLanguage() });
}

export class Chat {
  stage = $state<"loading" | "unknown" | "down" | "open">("loading");
  entry = $state.raw<ChatEntry | null>(null);
  session = $state.raw<ChatSession | null>(null);
  messages = $state.raw<Message[]>([]);
  pending = $state.raw<OutboxEntry[]>([]);
  /** By file key, 0 to 1. */
  progress = $state.raw<Record<string, number>>({});
  typing = $state<string | null>(null);
  teamReadSeq = $state(0);
  status = $state<ChatConversation["status"]>("open");
  live = $state<LiveState>("connecting");
  online = $state(navigator.onLine);
  /** Cursor of older messages; null when the beginning is here. */
  older = $state<string | null>(null);
  loadingOlder = $state(false);
  olderFailed = $state(false);
  /** A session was made, but the browser did not keep its cookie (an embedding page of another site). */
  cookiesBlocked = $state(false);
  /** The timeline was fetched, or there is none yet. */
  settled = $state(false);

  readonly slug: string;
  private readonly outbox: Outbox;
  private readonly connection: Live<LiveEvent<ChatConversation>, TypingTold>;
  private sessionRequest: Promise<void> | null = null;
  private readSeq = 0;
  private typingTimer: ReturnType<typeof setTimeout> | undefined;
  private typingTold = 0;
  private poll: ReturnType<typeof setInterval> | undefined;
  private accepted = false;
  /** The session's cookie has not yet been seen to come back. */
  private unproven = false;

  /** `first` is the entry when it was already asked for, beside the texts of the page. */
  constructor(
    slug: string,
    private readonly hooks: ChatHooks,
    private first: Promise<ChatEntry> | null = null,
  ) {
    this.slug = slug;
    this.outbox = new Outbox({
      open: () => openOutboxStore(`tresen-chat-${slug}`),
      openExisting: () => openExistingOutboxStore(`tresen-chat-${slug}`),
      send: (entry, keep) => this.deliver(entry, keep),
      changed: () => (this.pending = this.outbox.list().map((entry) => ({ ...entry }))),
      now: () => new Date(),
      exclusive: acrossTabs(slug),
      staleAfterMs: STALE_MS,
    });
    this.connection = new Live({
      url: (cursor) => socketUrl("/chat/v1/live", cursor, currentLanguage()),
      events: (events) => this.apply(events),
      refetch: () => void this.refresh(),
      ephemeral: (frame) => this.showTyping(frame),
      state: (state) => (this.live = state),
    });
  }

  /** Fetches the entry and, if this browser has a session, the conversation. */
  async start(): Promise<void> {
    if (this.stage === "down") this.stage = "loading";
    try {
      await this.loadEntry();
    } catch (error) {
      this.stage = error instanceof ApiError && error.status === 404 ? "unknown" : "down";
      return;
    }
    this.stage = "open";
    this.takeSession(this.entry?.session ?? null);
    if (this.session) this.connect();
    else this.settled = true;
    void this.outbox.start();
  }

  /** The notice and the title follow the language of the page. */
  async loadEntry(): Promise<void> {
    const asked = this.first ?? fetchEntry(this.slug);
    this.first = null;
    this.entry = await asked;
  }

  /** The server's words (notice, cards, names) in the language that was chosen. */
  async relearn(): Promise<void> {
    await this.loadEntry();
    if (!this.session) return;
    this.connection.wake(true);
    await this.refresh();
  }

  private takeSession(session: ChatSession | null): void {
    this.session = session;
    if (session?.conversation) this.takeConversation(session.conversation);
    if (session) this.readSeq = Math.max(this.readSeq, session.read_seq);
  }

  private takeConversation(conversation: ChatConversation): void {
    this.status = conversation.status;
    this.teamReadSeq = Math.max(this.teamReadSeq, conversation.team_read_seq);
  }

  private connect(): void {
    if (this.poll) return;
    this.connection.start();
    // The first live frame fetches the timeline; if that is slow or blocked, do not wait for it.
    setTimeout(() => void (this.settled || this.refresh()), 1_000);
    this.poll = setInterval(() => {
      if (this.live !== "open" && document.visibilityState === "visible") void this.refresh();
    }, POLL_MS);
  }

  /** Fetches the newest messages; tells those that are new to an open page. */
  async refresh(): Promise<void> {
    if (!this.session) return;
    try {
      const page = await client.get<Timeline<Message>>("/timeline", { from: "end", limit: PAGE });
      const last = this.messages.at(-1)?.seq;
      const gap = last !== undefined && page.previous_cursor !== null && (page.items[0]?.seq ?? 0) > last + 1;
      if (this.messages.length === 0 || gap) {
        this.messages = [...page.items];
        this.older = page.previous_cursor;
        this.settleSent(page.items);
        if (last !== undefined) this.tellArrived(page.items.filter(({ seq }) => seq > last));
        else this.tellMissed(page.items);
      } else {
        this.take(page.items);
      }
      this.settled = true;
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) this.session = null;
      if (error instanceof ApiError) this.settled = true;
    }
  }

  async loadOlder(): Promise<void> {
    if (!this.older || this.loadingOlder) return;
    this.loadingOlder = true;
    this.olderFailed = false;
    try {
      const page = await client.get<Timeline<Message>>("/timeline", { from: "end", limit: PAGE, cursor: this.older });
      this.older = page.previous_cursor;
      this.messages = mergeMessages(page.items, this.messages);
    } catch {
      this.olderFailed = true;
    } finally {
      this.loadingOlder = false;
    }
  }

  /** Puts a message into the outbox; resolves when it is kept. */
  async send(text: string, files: OutboxFile[]): Promise<void> {
    this.tellTyping(false);
    const entry = { client_id: newClientId(), queue: this.slug, text: text === "" ? null : text, files };
    await this.outbox.add(entry);
  }

  retry(clientId: string): Promise<void> {
    return this.outbox.retry(clientId, newClientId());
  }
  resumeStale(clientId: string): Promise<void> {
    return this.outbox.resume(clientId);
  }
  discard(clientId: string): Promise<void> {
    return this.outbox.settle(clientId);
  }

  /** The network or the page came back: send what waits, listen again. */
  wake(force: boolean): void {
    this.online = navigator.onLine;
    if (this.stage === "down") void this.start();
    if (this.stage !== "open") return;
    if (this.session) this.connection.wake(force);
    void this.outbox.flush();
  }

  /** Everything up to the newest message was seen. */
  async markRead(): Promise<void> {
    const seq = this.messages.findLast(({ direction }) => direction === "outbound")?.seq ?? 0;
    if (!this.session || seq <= this.readSeq) return;
    const before = this.readSeq;
    this.readSeq = seq;
    await client.post("/read", { seq }).catch(() => (this.readSeq = before));
  }

  /** Tells that the customer writes, not more often than needed. */
  tellTyping(on: boolean): void {
    const now = Date.now();
    if (on ? now - this.typingTold < TYPING_TOLD_MS : this.typingTold === 0) return;
    this.typingTold = on ? now : 0;
    this.connection.tell({ type: "typing", on });
  }

  private async deliver(entry: OutboxEntry, keep: () => Promise<void>): Promise<SendOutcome> {
    // Each attempt would make one more contact nobody can come back to.
    if (this.cookiesBlocked) return { refused: t("chat.cookies") };
    try {
      await this.ensureSession();
      for (const file of entry.files) await this.uploadOnce(file, keep);
      const attachments = entry.files.flatMap(({ attachment_id }) => attachment_id ?? []);
      const message = await client.post<Message>("/messages", {
        client_id: entry.client_id,
        ...(entry.text === null ? {} : { text: entry.text }),
        ...(attachments.length > 0 ? { attachments } : {}),
      });
      this.unproven = false;
      this.take([message]);
      this.tellAccepted();
      return { done: true };
    } catch (error) {
      return this.outcomeOf(error);
    }
  }

  private async uploadOnce(file: OutboxFile, keep: () => Promise<void>): Promise<void> {
    if (file.attachment_id) return;
    const { uploadAttachment } = await import("@tresen/ui/uploads.ts").catch((cause: unknown) => {
      throw new OfflineError("no code for uploads yet", { cause });
    });
    const { blob, name, mime, voice } = file;
    const onprogress = (share: number) => (this.progress = { ...this.progress, [file.key]: share });
    const headers = client.headers();
    const { id } = await uploadAttachment({ url: "/chat/v1/attachments", blob, name, mime, voice, headers, onprogress });
    file.attachment_id = id;
    await keep();
  }

  private outcomeOf(error: unknown): SendOutcome {
    if (error instanceof OfflineError) return { later: true };
    if (!(error instanceof ApiError)) return { refused: t("chat.refused.plain") };
    if (error.status === 401) {
      this.session = null; // The cookie is gone; the next attempt asks for one.
      if (this.unproven) {
        this.cookiesBlocked = true;
        return { refused: t("chat.cookies") };
      }
    }
    if (error.status === 401 || error.status === 429 || error.status === 408 || error.status >= 500) {
      return { later: true, afterS: error.retryAfterS ?? 0 };
    }
    const { reasons, detail, title } = error.problem;
    return { refused: reasons?.[0]?.explanation || detail || title || t("chat.refused.plain"), final: error.status === 413 };
  }

  private ensureSession(): Promise<void> {
    if (this.session) return Promise.resolve();
    this.sessionRequest ??= client
      .post<ChatSession>("/sessions", {
        entry: this.slug,
        locale: currentLanguage(),
        notice_version: this.entry?.notice.version,
      })
      .then((session) => {
        this.unproven = true;
        this.takeSession(session);
        this.connect();
      })
      .finally(() => (this.sessionRequest = null));
    return this.sessionRequest;
  }

  private tellAccepted(): void {
    if (this.accepted) return;
    this.accepted = true;
    this.hooks.accepted();
  }

  private apply(events: LiveEvent<ChatConversation>[]): void {
    const items: Message[] = [];
    for (const { item, conversation } of events) {
      if (item?.type === "message") items.push(item);
      if (conversation) this.takeConversation(conversation);
    }
    this.take(items);
  }

  private take(items: Message[]): void {
    const last = this.messages.at(-1)?.seq ?? 0;
    this.messages = mergeMessages(this.messages, items);
    this.settleSent(items);
    this.tellArrived(items.filter(({ seq }) => seq > last));
  }

  private settleSent(items: Message[]): void {
    for (const { client_id } of items) if (client_id) void this.outbox.settle(client_id);
  }

  private tellMissed(items: Message[]): void {
    const unseen = items.filter(({ direction, seq }) => direction === "outbound" && seq > this.readSeq);
    if (unseen.length > 0 && !this.settled) this.hooks.missed(unseen);
  }

  private tellArrived(items: Message[]): void {
    const theirs = items.filter(({ direction }) => direction === "outbound");
    if (theirs.length === 0) return;
    this.typing = null;
    this.hooks.arrived(theirs);
  }

  private showTyping({ type, on, by }: TypingTold): void {
    if (type !== "typing") return;
    clearTimeout(this.typingTimer);
    this.typing = on ? by.name : null;
    // The end of typing may get lost; the line must not stay.
    if (on) this.typingTimer = setTimeout(() => (this.typing = null), TYPING_SHOWN_MS);
  }
}
