import { defineConfig } from "vitest/config";

/** Stages are opened and processes are started on a machine that may be busy: only what hangs is ended. */
export default defineConfig({
  test: {
    // Files share a worker's modules: to load the SDKs anew for each took longer than most tests.
    isolate: false,
    unstubEnvs: true,
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
