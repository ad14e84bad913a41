import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // Whole builds with real workers; the longest retries tasks twice.
    testTimeout: 120_000,
    hookTimeout: 180_000,
    // Builds are processes themselves: more at once than this only make each other slow.
    maxWorkers: 2,
  },
});
