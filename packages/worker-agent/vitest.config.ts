import { defineConfig } from "vitest/config";

/** They neither start processes nor wait for virtual time: one process does for all of them. */
const TOGETHER = [
  "src/aws/**/*.test.ts",
  "src/log/**/*.test.ts",
  "src/{report/outcome,task/classify-exit,machine/instance-metadata}.test.ts",
];

export default defineConfig({
  test: {
    projects: [
      { extends: true, test: { name: "together", include: TOGETHER, isolate: false } },
      // A process for each file: virtual time stands still while anything in its process moves, and scripts of another file's do.
      { extends: true, test: { name: "alone", include: ["src/**/*.test.ts"], exclude: TOGETHER, isolate: true } },
    ],
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
