import { defineConfig } from "vite";

// The service worker: one file with a fixed name, served at /c/sw.js, beside the page in dist.
export default defineConfig({
  publicDir: false,
  build: {
    target: "es2022",
    emptyOutDir: false,
    rolldownOptions: { input: "src/worker/sw.ts", output: { format: "iife", entryFileNames: "sw.js" } },
  },
});
