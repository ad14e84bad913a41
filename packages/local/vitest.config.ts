import { defineConfig } from "vitest/config";

export default defineConfig({
  // Nothing here waits for time: a slow test is one that shares its processors with other packages' tests. Only what
  // hangs is ended.
  test: { testTimeout: 600_000, hookTimeout: 600_000 },
});
