import { defineConfig } from "vitest/config";

/** Whole builds with real workers, on a machine that may be busy: only what hangs is ended. */
const patience = { testTimeout: 600_000, hookTimeout: 600_000 };

/** It holds a build to its time, so that nothing else runs beside it. */
const timed = "src/fresh-clone.test.ts";

export default defineConfig({
  test: {
    // Builds are processes themselves, and wait for each other most of the time: two at once left more than half of two
    // processors idle.
    maxWorkers: 4,
    projects: [
      {
        test: {
          name: "builds",
          include: ["src/**/*.test.ts", "flakes/**/*.test.ts"],
          exclude: [timed],
          sequence: { groupOrder: 0 },
          ...patience,
        },
      },
      { test: { name: "timed", include: [timed], sequence: { groupOrder: 1 }, ...patience } },
    ],
  },
});
