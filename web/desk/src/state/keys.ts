/**
 * The keyboard map. Matches what is printed on the key (`event.key`), so that it holds on
 * every layout, and leaves alone whatever an input method or AltGr is composing.
 */
export type Command =
  | "next-row" | "previous-row" | "open" | "back" | "take-next"
  | "done" | "assign" | "snooze" | "tags" | "note" | "reply" | "panel" | "undo" | "help" | "leave"
  | "palette" | "next-region" | "previous-region";

/** Letters work only outside text fields and can be switched off. */
const LETTERS: Record<string, Command> = {
  j: "next-row", k: "previous-row", u: "back", n: "take-next", e: "done",
  a: "assign", h: "snooze", t: "tags", m: "note", r: "reply", i: "panel", z: "undo", "?": "help",
};

export interface Pressed {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
  isComposing: boolean;
  getModifierState(name: string): boolean;
}

export interface Circumstances {
  /** A text field has the focus. */
  typing: boolean;
  /** A dialog or menu is open: it handles its own keys. */
  covered: boolean;
  /** Single letters are switched on (WCAG 2.1.4). */
  letters: boolean;
}

export function commandOf(event: Pressed, at: Circumstances): Command | null {
  if (event.isComposing || event.key === "Process" || event.getModifierState("AltGraph") || event.altKey) return null;
  const chord = event.ctrlKey || event.metaKey;
  if (chord) return chordOf(event, at);
  if (event.key === "F6") return event.shiftKey ? "previous-region" : "next-region";
  if (at.covered) return null;
  if (event.key === "Escape") return "leave";
  if (at.typing || (event.shiftKey && event.key !== "?")) return null;
  if (event.key === "Enter") return "open";
  if (!at.letters) return null;
  return LETTERS[event.key.toLowerCase()] ?? null;
}

function chordOf(event: Pressed, at: Circumstances): Command | null {
  const key = event.key.toLowerCase();
  if (event.shiftKey) return null;
  if (key === "k") return "palette";
  // Inside a text field this stays the field's own undo.
  if (key === "z" && !at.typing && !at.covered) return "undo";
  return null;
}

/** Whether the focused element takes text, so that letters belong to it. */
export function takesText(element: Element | null): boolean {
  if (!element) return false;
  if (element instanceof HTMLElement && element.isContentEditable) return true;
  if (element instanceof HTMLTextAreaElement || element instanceof HTMLSelectElement) return true;
  if (!(element instanceof HTMLInputElement)) return false;
  return !["button", "checkbox", "radio", "submit", "reset", "range", "color", "file"].includes(element.type);
}
