// Loads the texts of one language; only the reader's own is fetched, and those of the menu when it is opened.
import { addMessages, currentLanguage, setLanguage, type Catalogue, type Language } from "@tresen/i18n";

const load: Record<Language, () => Promise<{ default: Catalogue }[]>> = {
  de: () => Promise.all([import("@tresen/i18n/catalogues/ui.de.json"), import("@tresen/i18n/catalogues/chat.de.json")]),
  en: () => Promise.all([import("@tresen/i18n/catalogues/ui.en.json"), import("@tresen/i18n/catalogues/chat.en.json")]),
};
const loadMenu: Record<Language, () => Promise<{ default: Catalogue }>> = {
  de: () => import("@tresen/i18n/catalogues/menu.de.json"),
  en: () => import("@tresen/i18n/catalogues/menu.en.json"),
};
let withMenu = false;

export async function useLanguage(language: Language): Promise<void> {
  const catalogues = await load[language]();
  if (withMenu) catalogues.push(await loadMenu[language]());
  setLanguage(language, ...catalogues.map((module) => module.default));
  document.documentElement.lang = language;
}

/** The menu's texts, from now on in whatever language the page changes to. */
export async function useMenuTexts(): Promise<void> {
  if (withMenu) return;
  addMessages((await loadMenu[currentLanguage()]()).default);
  withMenu = true;
}
