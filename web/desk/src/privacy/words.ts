/** The texts of data protection come with its pages: most people at the desk never open them. */
import { addMessages, type Catalogue, currentLanguage, type Language } from "@tresen/i18n";

const load: Record<Language, () => Promise<{ default: Catalogue }>> = {
  de: () => import("@tresen/i18n/catalogues/privacy.de.json"),
  en: () => import("@tresen/i18n/catalogues/privacy.en.json"),
};

/** Brings the texts of a language; false when the page speaks another one by then. */
export async function learn(language: Language): Promise<boolean> {
  const { default: words } = await load[language]();
  if (language !== currentLanguage()) return false;
  addMessages(words);
  return true;
}
