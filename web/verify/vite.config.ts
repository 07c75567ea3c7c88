import { defineConfig } from "vite";

const target = ["chrome111", "firefox115", "safari16.4"];

// One page in one file: `scripts/single.mjs` puts the script and the style into it.
export default defineConfig({
  build: {
    target,
    cssTarget: target,
    modulePreload: false,
    assetsInlineLimit: 0,
    rollupOptions: { output: { codeSplitting: false } },
  },
});
