import { defineConfig } from "vitest/config";

export default defineConfig({
  // Hundreds of decisions of the policy evaluator in one test, on a machine that may be busy: only what hangs is ended.
  test: { testTimeout: 600_000, hookTimeout: 600_000, maxWorkers: 2 },
});
