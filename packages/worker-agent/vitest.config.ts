import { defineConfig } from "vitest/config";

export default defineConfig({
  // Real processes on a busy machine: a promise that is kept late is still kept.
  test: { include: ["src/**/*.test.ts"], testTimeout: 60_000, hookTimeout: 60_000 },
});
