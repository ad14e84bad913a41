import { defineConfig } from "vitest/config";

// Pure tests, which need no worker each; the longest reads whole state machines, on a machine that may be busy.
export default defineConfig({ test: { isolate: false, testTimeout: 600_000 } });
