import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

// Served by the binary below /_desk/; index.html answers every path of the desk.
export default defineConfig({
  base: "/_desk/",
  plugins: [svelte()],
  build: {
    target: ["chrome111", "firefox115", "safari16.4"],
    // A data: URL would be refused by the page's own Content-Security-Policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { "/api": { target: "http://127.0.0.1:8080", ws: true }, "/c/": "http://127.0.0.1:8080" } },
});
