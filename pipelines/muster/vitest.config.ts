import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // Files share a worker's modules: to load the SDKs anew for each took longer than most tests.
    isolate: false,
    // Without it, each promise pays for the store of the call that it belongs to: a fifth of what a world in process takes.
    execArgv: ["--experimental-async-context-frame"],
    unstubEnvs: true,
    // Scripts and packages are made for real, on a machine that may be busy: only what hangs is ended.
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
