// The texts of one language; only the reader's own are fetched.
import { setLanguage, type Catalogue, type Language } from "@tresen/i18n";

const load: Record<Language, () => Promise<{ default: Catalogue }>> = {
  de: () => import("@tresen/i18n/catalogues/me.de.json"),
  en: () => import("@tresen/i18n/catalogues/me.en.json"),
};

export async function useLanguage(language: Language): Promise<void> {
  const catalogue = await load[language]();
  setLanguage(language, catalogue.default);
  document.documentElement.lang = language;
}
