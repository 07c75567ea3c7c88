/** What a teammate does with conversations. Shown at once, told to the server, taken back on refusal. */
import { currentLanguage, t } from "@tresen/i18n";
import type { Conversation, List, Status } from "@tresen/api";
import { book, desk } from "./desk.svelte.ts";
import { listCursor } from "./list/cursor.svelte.ts";
import { lists } from "./lists.svelte.ts";
import { inboxPath, router } from "./router.svelte.ts";
import { api, auth, sentenceOf } from "./session.svelte.ts";
import { ui } from "./shell/ui.svelte.ts";
import { current } from "./thread.svelte.ts";
import { snoozeWords } from "./state/snooze.ts";
import { queryOf, type View } from "./state/views.ts";
import { toasts } from "./toasts.svelte.ts";

export function currentView(): View {
  return router.route.page === "inbox" ? router.route.view : "mine";
}

export function openConversation(id: string, options: { focus: boolean; view?: View } = { focus: false }): void {
  router.go(inboxPath(options.view ?? currentView(), id));
  if (options.focus) ui.write("reply");
}

export function closeConversation(): void {
  const id = router.route.page === "inbox" ? router.route.conversation : null;
  router.go(inboxPath(currentView()));
  if (id) listCursor.wish = { id, focus: true };
}

/** Walks the list by one row and opens what stands there. */
export function step(direction: 1 | -1, keepFocus: boolean): void {
  if (router.route.page !== "inbox") return;
  const list = lists.get(router.route.view);
  const id = list.neighbour(router.route.conversation, direction);
  if (!id) return;
  current.stepping();
  openConversation(id);
  listCursor.wish = { id, focus: keepFocus };
}

async function change(id: string, shown: Partial<Conversation>, told: object): Promise<boolean> {
  const restore = desk.pretend(id, shown);
  try {
    desk.take([await api.patch<Conversation>(`/conversations/${id}`, told)]);
    return true;
  } catch (error) {
    restore();
    toasts.say(sentenceOf(error) ?? t("desk.error.notdone"), { tone: "danger" });
    return false;
  }
}

/**
 * Takes a conversation out of the reader's way. It leaves at once while the line stands; without a
 * line it stays until the server has said yes, and a refusal brings the reader back to it.
 */
async function putAway(before: Conversation, shown: Partial<Conversation>, told: object, said: string): Promise<void> {
  const { id } = before;
  const from = location.pathname;
  const early = desk.connected && navigator.onLine;
  if (early) leave(id);
  let came = location.pathname;
  const back = () => {
    lists.restore(id);
    comeBack(from, came);
  };
  if (!(await change(id, shown, told))) return early ? back() : undefined;
  if (!early) {
    leave(id);
    came = location.pathname;
  }
  const until = before.snoozed_until;
  const wanted = before.status === "snoozed" && until ? { snoozed_until: until } : { status: before.status };
  const undo = () => {
    back();
    void change(id, { status: before.status, snoozed_until: until }, wanted);
  };
  toasts.say(said, { undo });
}

export async function setStatus(id: string, status: Status): Promise<void> {
  const before = book.conversations.get(id);
  if (!before || before.status === status) return;
  const shown = { status, snoozed_until: null };
  if (status === "done") return putAway(before, shown, { status }, t("desk.done.toast"));
  const undo = () => void change(id, { status: before.status }, before.snoozed_until ? { snoozed_until: before.snoozed_until } : { status: before.status });
  if (await change(id, shown, { status })) toasts.say(t("desk.reopened.toast"), { undo });
}

/** Aside until then; a new message of the contact brings it back earlier. */
export async function snooze(id: string, at: Date): Promise<void> {
  const before = book.conversations.get(id);
  if (!before) return;
  const until = at.toISOString();
  const said = t("desk.snooze.toast", { time: snoozeWords(at, new Date(), currentLanguage()) });
  await putAway(before, { status: "snoozed", snoozed_until: until }, { snoozed_until: until }, said);
}

export async function setTags(id: string, tags: string[]): Promise<void> {
  await change(id, { tags }, { tags });
}

/** Sent and done: the outbox tells the server once the message is through. */
export function leaveAsDone(id: string): void {
  const from = location.pathname;
  leave(id);
  const came = location.pathname;
  desk.pretend(id, { status: "done" });
  toasts.say(t("desk.senddone.toast"), {
    undo: () => {
      lists.restore(id);
      comeBack(from, came);
      void change(id, { status: "waiting" }, { status: "waiting" });
    },
  });
}

/** Undone: the reader is back where the action was taken, unless they went on by themselves. */
function comeBack(from: string, came: string): void {
  if (location.pathname === came) router.go(from);
}

/** Done with this one: its row goes, the next of the list comes. */
function leave(id: string): void {
  const list = lists.get(currentView());
  const next = list.neighbour(id, 1) ?? list.neighbour(id, -1);
  lists.dismiss(id);
  if (router.route.page !== "inbox" || router.route.conversation !== id) return;
  if (router.route.view === "done" || router.route.view === "all" || router.route.view === "snoozed") return;
  if (ui.phone || !next || next === id) router.go(inboxPath(router.route.view));
  else openConversation(next);
}

export async function assign(id: string, teammate: { id: string; name: string } | null): Promise<void> {
  const before = book.conversations.get(id);
  if (!before || before.assignee?.id === teammate?.id) return;
  const undo = () => void change(id, { assignee: before.assignee }, { assignee_id: before.assignee?.id ?? null });
  if (!(await change(id, { assignee: teammate }, { assignee_id: teammate?.id ?? null }))) return;
  const text = teammate === null ? t("desk.unassigned.toast") : teammate.id === auth.me.id ? t("desk.taken.toast") : t("desk.assigned.toast", { name: teammate.name });
  toasts.say(text, { undo });
}

/** Takes the person who has waited longest and opens the answer. */
export async function takeNext(): Promise<void> {
  try {
    const next = await longestWaiting();
    if (!next) return toasts.say(t("desk.empty.queue"));
    desk.take([next]);
    const me = { id: auth.me.id, name: auth.me.name };
    openConversation(next.id, { focus: true, view: "mine" });
    if (!(await change(next.id, { assignee: me }, { assignee_id: me.id }))) return;
    toasts.say(t("desk.taken.toast"), { undo: () => void change(next.id, { assignee: null }, { assignee_id: null }) });
  } catch (error) {
    toasts.say(sentenceOf(error) ?? t("desk.error.offline"), { tone: "danger" });
  }
}

async function longestWaiting(): Promise<Conversation | null> {
  const asked = { ...queryOf("queue", "due", null), order: "oldest", limit: 1 };
  return (await api.get<List<Conversation>>("/conversations", asked)).items[0] ?? null;
}
