/** The commands the palette offers where the teammate is now, each with its key. */
import { t } from "@tresen/i18n";
import { alarmClock, archive, arrowLeftRight, check, circleQuestionMark, hand, hourglass, inbox, list, moon, panelRight, rotateCcw, settings, shieldCheck, stickyNote, sun, tag, userPlus } from "@tresen/ui/icons.ts";
import { assign, setStatus, takeNext } from "../actions.ts";
import { book } from "../desk.svelte.ts";
import { prefs } from "../prefs.svelte.ts";
import { inboxPath, router } from "../router.svelte.ts";
import { auth } from "../session.svelte.ts";
import { VIEWS, type View } from "../state/views.ts";
import { toasts } from "../toasts.svelte.ts";
import { ui } from "./ui.svelte.ts";

export interface Entry {
  id: string;
  group: "action" | "person" | "conversation" | "said";
  label: string;
  detail?: string;
  /** The words that were found, in what stands around them. */
  said?: string;
  icon?: string;
  /** Seed of an avatar's colour; the entry is a person. */
  face?: string;
  key?: string;
  run: () => void;
}

const VIEW_ICONS: Record<View, string> = { mine: inbox, queue: hand, waiting: hourglass, snoozed: alarmClock, done: archive, all: list };

export function paletteActions(): Entry[] {
  const open = router.route.page === "inbox" ? router.route.conversation : null;
  return [...(open ? conversationActions(open) : []), ...deskActions()];
}

function action(id: string, label: string, icon: string, run: () => void, key?: string): Entry {
  return { id, group: "action", label, icon, run, ...(key ? { key } : {}) };
}

function conversationActions(id: string): Entry[] {
  const conversation = book.conversations.get(id);
  const done = conversation?.status === "done";
  const me = { id: auth.me.id, name: auth.me.name };
  const toggle = () => void setStatus(id, done ? "open" : "done");
  return [
    action("done", t(done ? "desk.reopen" : "desk.done.action"), done ? rotateCcw : check, toggle, "E"),
    action("note", t("desk.help.note"), stickyNote, () => ui.write("note"), "M"),
    ...(done ? [] : [action("snooze", t("desk.snooze.action"), alarmClock, () => (ui.snoozing = id), "H")]),
    action("tags", t("desk.tags.action"), tag, () => (ui.tagging = id), "T"),
    action("assign", t("desk.assign"), arrowLeftRight, () => (ui.assigning = id), "A"),
    ...(conversation?.assignee?.id === me.id ? [] : [action("take", t("desk.take"), userPlus, () => void assign(id, me))]),
    action("panel", t("desk.panel.toggle"), panelRight, () => ui.togglePanel(), "I"),
  ];
}

function deskActions(): Entry[] {
  const undoable = toasts.list.some((toast) => toast.undo);
  return [
    action("next", t("desk.take.next"), hand, () => void takeNext(), "N"),
    ...(undoable ? [action("undo", t("desk.undo"), rotateCcw, () => void toasts.undo(), "Z")] : []),
    ...VIEWS.map((view) => action(`view-${view}`, t("desk.palette.view", { view: t(`desk.view.${view}`) }), VIEW_ICONS[view], () => router.go(inboxPath(view)))),
    ...(auth.may("answer-requests") ? [action("privacy", t("desk.nav.privacy"), shieldCheck, () => router.go("/privacy"))] : []),
    action("settings", t("desk.nav.settings"), settings, () => router.go("/settings")),
    action("light", t("desk.theme.light"), sun, () => void prefs.set({ theme: "light" })),
    action("dark", t("desk.theme.dark"), moon, () => void prefs.set({ theme: "dark" })),
    action("help", t("desk.help.title"), circleQuestionMark, () => (ui.help = true), "?"),
  ];
}
