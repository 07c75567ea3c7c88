/** Choices of one person on one device: theme, language, single-letter keys. */
import { type Language, preferredLanguage, setLanguage } from "@tresen/i18n";
import deskDe from "@tresen/i18n/catalogues/desk.de.json";
import uiDe from "@tresen/i18n/catalogues/ui.de.json";

export type Theme = "system" | "light" | "dark";

const KEY = "tresen.desk.prefs";

interface Stored {
  theme: Theme;
  language: Language;
  letters: boolean;
  /** Notifications of the browser, and a quiet sound, when the desk is not in front. */
  notify: boolean;
  sound: boolean;
}

function read(): Stored {
  const fallback: Stored = { theme: "system", language: preferredLanguage(navigator.languages) ?? "de", letters: true, notify: false, sound: false };
  try {
    return { ...fallback, ...(JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Stored>) };
  } catch {
    // Storage is blocked or holds something else: the defaults serve.
    return fallback;
  }
}

let stored = $state<Stored>(read());

export const prefs = {
  get theme() {
    return stored.theme;
  },
  get language() {
    return stored.language;
  },
  get letters() {
    return stored.letters;
  },
  get notify() {
    return stored.notify;
  },
  get sound() {
    return stored.sound;
  },
  async set(change: Partial<Stored>): Promise<void> {
    stored = { ...stored, ...change };
    try {
      localStorage.setItem(KEY, JSON.stringify(stored));
    } catch {
      // Without storage the choice holds for this page.
    }
    await applyPrefs();
  },
};

/** Brings theme and language onto the page. English is fetched only by those who read it. */
export async function applyPrefs(): Promise<void> {
  const { theme, language } = stored;
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
  document.documentElement.lang = language;
  if (language === "de") return setLanguage("de", uiDe, deskDe);
  const [ui, desk] = await Promise.all([
    import("@tresen/i18n/catalogues/ui.en.json"),
    import("@tresen/i18n/catalogues/desk.en.json"),
  ]);
  if (stored.language === "en") setLanguage("en", ui.default, desk.default);
}
