// Entry point of "My data": decides the language, shows the page. Nothing is kept in the browser.
import "@tresen/ui/tokens.css";
import "@tresen/ui/fonts.css";
import "@tresen/ui/base.css";
import "./me.css";
import { preferredLanguage } from "@tresen/i18n";
import { mount } from "svelte";
import App from "./App.svelte";
import { useLanguage } from "./language.ts";

async function begin(): Promise<void> {
  const target = document.getElementById("me");
  if (!target) return;
  await useLanguage(preferredLanguage(navigator.languages) ?? "de");
  // The secret stands behind the `#`, which no server is ever told.
  const token = /^#(tml_[\w-]+)$/.exec(location.hash)?.[1] ?? null;
  mount(App, { target, props: { token } });
}

void begin();
