import { defineConfig } from "vitest/config";

/** Tests of whole fleets are quick, but share the machine with everybody else's: only what hangs is ended. */
export default defineConfig({
  test: {
    // Files share a worker's modules: to load the SDKs anew for each took longer than most tests.
    isolate: false,
    unstubEnvs: true,
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
