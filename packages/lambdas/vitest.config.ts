import { defineConfig } from "vitest/config";

/** Tests of whole fleets are quick, but share the machine with everybody else's: only what hangs is ended. */
export default defineConfig({
  test: {
    // Files share a worker's modules: to load the SDKs anew for each took longer than most tests.
    isolate: false,
    // Without it, each promise pays for the store of the call that it belongs to: a fifth of what a world in process takes.
    execArgv: ["--experimental-async-context-frame"],
    unstubEnvs: true,
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
