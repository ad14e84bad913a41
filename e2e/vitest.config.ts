import { defineConfig } from "vitest/config";

/** Whole builds with real workers; the longest retries tasks twice. */
const patience = { testTimeout: 120_000, hookTimeout: 180_000 };

/** It holds a build to its time, so that nothing else runs beside it. */
const timed = "src/fresh-clone.test.ts";

export default defineConfig({
  test: {
    // Builds are processes themselves: more at once than this only make each other slow.
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: "builds",
          include: ["src/**/*.test.ts"],
          exclude: [timed],
          sequence: { groupOrder: 0 },
          ...patience,
        },
      },
      { test: { name: "timed", include: [timed], sequence: { groupOrder: 1 }, ...patience } },
    ],
  },
});
