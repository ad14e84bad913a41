import { defineConfig } from "vitest/config";

// Worlds in virtual time, on a machine that may be busy: only what hangs is ended.
export default defineConfig({
  test: {
    // Without it, each promise pays for the store of the call that it belongs to: a fifth of what a world in process takes.
    execArgv: ["--experimental-async-context-frame"],
    isolate: false,
    testTimeout: 600_000,
  },
});
