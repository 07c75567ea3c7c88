// Loads the texts of one language; only the reader's own is fetched.
import { setLanguage, type Catalogue, type Language } from "@tresen/i18n";

const load: Record<Language, () => Promise<{ default: Catalogue }[]>> = {
  de: () => Promise.all([import("@tresen/i18n/catalogues/ui.de.json"), import("@tresen/i18n/catalogues/chat.de.json")]),
  en: () => Promise.all([import("@tresen/i18n/catalogues/ui.en.json"), import("@tresen/i18n/catalogues/chat.en.json")]),
};

export async function useLanguage(language: Language): Promise<void> {
  const catalogues = await load[language]();
  setLanguage(language, ...catalogues.map((module) => module.default));
  document.documentElement.lang = language;
}
