// The desk's entry: language and theme first, then the page.
import "@tresen/ui/tokens.css";
import "@tresen/ui/base.css";
import "@tresen/ui/fonts.css";
import "@tresen/ui/font-code.css";
import "./app.css";
import { mount } from "svelte";
import App from "./App.svelte";
import { applyPrefs } from "./prefs.svelte.ts";
import { startRouter } from "./router.svelte.ts";

const target = document.getElementById("app");
if (!target) throw new Error("index.html has no #app");
await applyPrefs();
startRouter();
mount(App, { target });
