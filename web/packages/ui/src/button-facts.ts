// What Button and IconButton have in common beside their looks.
export interface ButtonFacts {
  type?: "button" | "submit";
  disabled?: boolean;
  /** aria-expanded: it opens something. */
  expanded?: boolean;
  /** aria-controls: the id of what it opens. */
  controls?: string;
  /** aria-pressed: it stays on. */
  pressed?: boolean;
  haspopup?: "menu" | "dialog" | "listbox";
  /** aria-keyshortcuts */
  shortcut?: string;
}
