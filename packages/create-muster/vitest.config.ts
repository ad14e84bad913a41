import { defineConfig } from "vitest/config";

/** One of them starts compilers and tests of its own, on a machine that may be busy: only what hangs is ended. */
export default defineConfig({ test: { testTimeout: 600_000 } });
