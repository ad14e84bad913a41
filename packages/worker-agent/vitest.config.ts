import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts"],
    // Files share a worker's modules: to load the SDKs anew for each took longer than most tests.
    isolate: false,
    unstubEnvs: true,
    // Half of the time they wait for processes.
    maxWorkers: 2,
    // Real processes on a busy machine: a promise that is kept late is still kept, and only what hangs is ended.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 60_000 } },
  },
});
