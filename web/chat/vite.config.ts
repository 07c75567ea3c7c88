import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

// Browsers back to the phones of 2022; CSS functions they lack (light-dark) are lowered for them.
const target = ["chrome105", "firefox115", "safari16"];

export default defineConfig({
  base: "/_chat/",
  plugins: [svelte()],
  build: {
    target,
    cssTarget: target,
    modulePreload: { polyfill: false },
    // Fonts and icons stay files: a data: address would need a wider Content-Security-Policy.
    assetsInlineLimit: 0,
  },
});
