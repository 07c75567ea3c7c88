import { defineConfig } from "vite";

// The judge without its page, for `judges/proof/browser.mjs`.
export default defineConfig({
  build: { outDir: "dist-judge", target: "es2022", minify: false, lib: { entry: "src/verify.ts", formats: ["es"], fileName: "verify" } },
});
