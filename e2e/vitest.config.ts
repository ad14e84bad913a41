import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "flakes/**/*.test.ts"],
    // Builds are processes themselves, and wait for each other most of the time: two at once left more than half of two
    // processors idle.
    maxWorkers: 4,
    // Whole builds with real workers, on a machine that may be busy: only what hangs is ended.
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
