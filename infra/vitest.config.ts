import { defineConfig } from "vitest/config";

export default defineConfig({
  // Hundreds of decisions of the policy evaluator in one test.
  test: { testTimeout: 60_000, hookTimeout: 60_000, maxWorkers: 2 },
});
