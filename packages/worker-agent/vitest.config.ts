import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts"],
    // A process for each file: virtual time stands still while anything in its process moves, and scripts of another file's do.
    isolate: true,
    // Without it, each promise pays for the store of the call that it belongs to: a fifth of what a world in process takes.
    execArgv: ["--experimental-async-context-frame"],
    unstubEnvs: true,
    // Half of the time they wait for processes.
    maxWorkers: 2,
    // Real processes on a busy machine: a promise that is kept late is still kept, and only what hangs is ended.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 60_000 } },
  },
});
