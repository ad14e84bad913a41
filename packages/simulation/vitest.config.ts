import { defineConfig } from "vitest/config";

// Worlds in virtual time, on a machine that may be busy: only what hangs is ended.
export default defineConfig({ test: { isolate: false, testTimeout: 600_000 } });
