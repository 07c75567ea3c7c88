import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [svelte()],
  resolve: { conditions: ["browser"] },
  test: { include: ["{packages,chat,desk,verify}/**/*.test.ts"], exclude: ["**/node_modules/**", "**/dist*/**"], restoreMocks: true },
});
