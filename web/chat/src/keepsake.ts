// What the device keeps after the first message was sent, never before: the chosen language and
// appearance (the offline shell is in offline.ts). Everything else lives on the server or in the outbox.

export type Theme = "auto" | "light" | "dark";
export interface Choices {
  language?: string;
  theme?: Theme;
}

const KEY = "tresen-chat";

export function readChoices(): Choices {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "{}") as Choices;
  } catch {
    return {};
  }
}

export function keepChoices(choices: Choices): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(choices));
  } catch {
    // Private mode or full: the choice holds for this page.
  }
}

export function forgetChoices(): void {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // Nothing was kept where nothing could be.
  }
}

export function applyTheme(theme: Theme): void {
  if (theme === "auto") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
}
