/**
 * Calls the teammate back to the desk: a notification that says no more than "new message", a quiet
 * sound, the number in the title, the dot on the tab's icon. Nothing rings while the desk is in use.
 */
import { t } from "@tresen/i18n";
import type { LiveEvent } from "@tresen/api";
import { book, desk } from "./desk.svelte.ts";
import { prefs } from "./prefs.svelte.ts";
import { inboxPath, router } from "./router.svelte.ts";
import { auth } from "./session.svelte.ts";
import { callsFor } from "./state/alerts.ts";

const SOUND_EVERY_MS = 4_000;
let permission = $state<NotificationPermission | "missing">(typeof Notification === "undefined" ? "missing" : Notification.permission);
let audio: AudioContext | undefined;
let rangAt = 0;

export const alerts = {
  get permission() {
    return permission;
  },
  /** What waits for this person: unread at their own, and everybody in the queue. */
  get waiting(): number {
    return desk.counts.unread_mine + desk.counts.queue;
  },

  /** Asked for by a click, as browsers demand. True when notifications may be shown now. */
  async allow(): Promise<boolean> {
    if (permission === "missing") return false;
    permission = await Notification.requestPermission();
    return permission === "granted";
  },

  heard(events: readonly LiveEvent[]): void {
    if (!document.hidden && document.hasFocus()) return;
    const calls = callsFor(events, (id) => book.conversations.get(id), auth.me.id, Date.now());
    if (calls.length === 0) return;
    if (prefs.notify && permission === "granted") notify(calls);
    if (prefs.sound) alerts.ring();
  },

  /** Two soft tones; made here, so that no file has to be fetched. */
  ring(): void {
    if (Date.now() - rangAt < SOUND_EVERY_MS) return;
    rangAt = Date.now();
    try {
      audio ??= new AudioContext();
      void audio.resume();
      tone(audio, 660, 0);
      tone(audio, 880, 0.14);
    } catch {
      // No sound device, or the browser waits for a first click.
    }
  },
};

desk.onevents = alerts.heard;

function notify(calls: string[]): void {
  const only = calls.length === 1 ? calls[0] : undefined;
  try {
    // One per conversation: a newer message replaces the older notification.
    const shown = new Notification(t("desk.alert.message"), { tag: only ?? "tresen", icon: "/_desk/icon.svg" });
    shown.addEventListener("click", () => {
      window.focus();
      if (only) router.go(inboxPath("all", only));
      shown.close();
    });
  } catch {
    // Some phones take notifications from a service worker only.
  }
}

function tone(context: AudioContext, hertz: number, afterS: number): void {
  const at = context.currentTime + afterS;
  const gain = context.createGain();
  const oscillator = context.createOscillator();
  oscillator.frequency.value = hertz;
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(0.06, at + 0.02);
  gain.gain.exponentialRampToValueAtTime(0.001, at + 0.28);
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(at);
  oscillator.stop(at + 0.3);
}
