import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts"],
    // Half of the time they wait for processes.
    maxWorkers: 2,
    // Real processes on a busy machine: a promise that is kept late is still kept.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
