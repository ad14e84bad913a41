import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // Scripts and packages are made for real, by programs that share the machine with other tests.
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
