import { defineConfig } from "vitest/config";

export default defineConfig({
  // Nothing here waits for time: a slow test is one that shares its processors with other packages' tests.
  test: { testTimeout: 60_000, hookTimeout: 60_000 },
});
