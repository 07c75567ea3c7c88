import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

// The browsers of the chat: people come from there.
const target = ["chrome105", "firefox115", "safari16"];

export default defineConfig({
  base: "/_me/",
  plugins: [svelte()],
  build: {
    target,
    cssTarget: target,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
});
