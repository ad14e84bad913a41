import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // Scripts and packages are made for real, on a machine that may be busy: only what hangs is ended.
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
