import { defineConfig } from "vitest/config";

// Whole releases with chroots: minutes each, and one at a time, for they compile.
export default defineConfig({
  test: {
    include: ["releases/**/*.test.ts"],
    maxWorkers: 1,
    fileParallelism: false,
    testTimeout: 7_200_000,
    hookTimeout: 7_200_000,
  },
});
