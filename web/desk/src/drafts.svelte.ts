/**
 * Drafts: one per conversation and mode, kept in IndexedDB under the teammate's id, so that
 * nothing typed is lost by a reload, an ended session or a change of conversation.
 */
import type { Quote } from "@tresen/api";
import { openShelf, type Shelf } from "./database.ts";

export type Mode = "reply" | "note";

export interface DraftFile {
  key: string;
  name: string;
  mime: string;
  blob: Blob;
  width?: number;
  height?: number;
  animated?: boolean;
}
export interface Draft {
  text: string;
  files: DraftFile[];
  quote: Quote | null;
  /** When it was last written to the device; 0 before the first time. */
  savedAt: number;
}

const SAVE_AFTER_MS = 200;

let known = $state.raw<Record<string, Draft>>({});
let lastMode = $state.raw<Record<string, Mode>>({});
let shelf: Shelf<Draft> | null = null;
const timers = new Map<string, ReturnType<typeof setTimeout>>();
/** Drafts whose message is being stored: a page that closes meanwhile must find one of the two again. */
const leaving = new Set<string>();

const keyOf = (conversationId: string, mode: Mode) => `${conversationId} ${mode}`;
const isEmpty = (draft: Draft) => draft.text === "" && draft.files.length === 0 && draft.quote === null;

export const drafts = {
  /** Opens the teammate's own drafts. What was typed before they arrived is kept. */
  async start(teammateId: string): Promise<void> {
    shelf = openShelf<Draft>(`tresen-desk-drafts-${teammateId}`);
    const stored = await shelf.all().catch(() => []);
    known = { ...Object.fromEntries(stored), ...known };
  },
  get(conversationId: string, mode: Mode): Draft {
    return known[keyOf(conversationId, mode)] ?? { text: "", files: [], quote: null, savedAt: 0 };
  },
  set(conversationId: string, mode: Mode, change: Partial<Draft>): void {
    const key = keyOf(conversationId, mode);
    const draft = { ...drafts.get(conversationId, mode), ...change };
    const { [key]: _, ...others } = known;
    known = isEmpty(draft) ? others : { ...others, [key]: draft };
    // Saved while typing goes on, not only after a pause: fast writers make none.
    if (!timers.has(key)) timers.set(key, setTimeout(() => save(key), SAVE_AFTER_MS));
  },
  /** The field is empty at once; the copy on the device goes when its message lies there safely. */
  clear(conversationId: string, mode: Mode, stored: Promise<void>): void {
    const key = keyOf(conversationId, mode);
    drafts.set(conversationId, mode, { text: "", files: [], quote: null });
    leaving.add(key);
    void stored.finally(() => {
      leaving.delete(key);
      save(key);
    });
  },
  /** Who signs out leaves nothing behind; a session that merely ends keeps everything. */
  async forget(): Promise<void> {
    for (const timer of timers.values()) clearTimeout(timer);
    timers.clear();
    known = {};
    const old = shelf;
    shelf = null;
    await old?.erase().catch(() => undefined);
  },
  /** What was being written, for the list; a reply before a note. */
  preview(conversationId: string): string | null {
    const draft = known[keyOf(conversationId, "reply")] ?? known[keyOf(conversationId, "note")];
    if (!draft) return null;
    return draft.text.replace(/\s+/g, " ").trim() || draft.files.map((file) => file.name).join(", ") || null;
  },
  modeOf(conversationId: string): Mode {
    return lastMode[conversationId] ?? "reply";
  },
  setMode(conversationId: string, mode: Mode): void {
    lastMode = { ...lastMode, [conversationId]: mode };
  },
};

function save(key: string): void {
  timers.delete(key);
  const draft = known[key];
  if (!draft && leaving.has(key)) return;
  const savedAt = Date.now();
  const write = draft ? shelf?.put(key, { ...($state.snapshot(draft) as Draft), savedAt }) : shelf?.delete(key);
  write?.then(
    () => {
      const now = known[key];
      if (now) known = { ...known, [key]: { ...now, savedAt } };
    },
    () => {
      // Storage full or refused: the draft lives as long as the page.
    },
  );
}

addEventListener("pagehide", () => {
  for (const [key, timer] of timers) {
    clearTimeout(timer);
    save(key);
  }
});
