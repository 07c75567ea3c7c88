// Entry point of the customer chat: decides the language, shows the page.
import "@tresen/ui/tokens.css";
import "@tresen/ui/fonts.css";
import "@tresen/ui/base.css";
import "./chat.css";
import { preferredLanguage, setLanguage, type Language } from "@tresen/i18n";
import { mount } from "svelte";
import App from "./App.svelte";
import { fetchEntry } from "./chat.svelte.ts";
import { applyTheme, readChoices } from "./keepsake.ts";
import { useLanguage } from "./language.ts";
import { readPage } from "./page.ts";

async function begin(): Promise<void> {
  const target = document.getElementById("chat");
  if (!target) return;
  const page = readPage(new URL(location.href));
  const choices = readChoices();
  applyTheme(choices.theme ?? "auto");
  const wishes = [choices.language, page?.language, ...navigator.languages].filter((wish) => typeof wish === "string");
  // Without a wish we know, the entry's own language is taken once it is known.
  const language: Language | undefined = preferredLanguage(wishes);
  // The entry and the texts are asked for at once, in the same language.
  setLanguage(language ?? "de");
  const firstEntry = page ? fetchEntry(page.slug) : null;
  firstEntry?.catch(() => undefined); // The page looks at the outcome later.
  await useLanguage(language ?? "de");
  if (page?.embedded) document.documentElement.classList.add("embedded");
  mount(App, { target, props: { page, firstEntry, languageKnown: language !== undefined, theme: choices.theme ?? "auto" } });
}

void begin();
