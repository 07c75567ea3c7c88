import { defineConfig } from "vite";

// The loader of the shop's page: one script, ASCII only, because old shop pages name no charset.
export default defineConfig({
  publicDir: false,
  build: {
    target: "es2022",
    outDir: "dist-loader",
    rolldownOptions: { input: "src/loader/chat.ts", output: { format: "iife", entryFileNames: "chat.js" } },
  },
  plugins: [
    {
      name: "ascii",
      generateBundle(_, bundle) {
        for (const file of Object.values(bundle)) {
          if (file.type !== "chunk") continue;
          file.code = file.code.replace(/[^ -~\n\t]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`);
        }
      },
    },
  ],
});
