import { basename } from "node:path";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Those that take a minute or more. Where one of them comes last, it runs alone, and a processor has nothing to do. */
const LONGEST = [
  "npm-packages",
  "apt",
  "second-stage",
  "recorded-build",
  "any-flow-machine",
  "recipes",
  "right-workers",
  "runs-when",
  "fresh-clone",
  "contributing",
  "shipped",
  "task",
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const found = LONGEST.indexOf(basename(moduleId, ".test.ts"));
      return found === -1 ? LONGEST.length : found;
    };
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
  }
}

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "flakes/**/*.test.ts"],
    sequence: { sequencer: LongestFirst },
    // Without it, each promise pays for the store of the call that it belongs to: a fifth of what a world in process takes.
    execArgv: ["--experimental-async-context-frame"],
    // Builds are processes themselves, and wait for each other most of the time.
    maxWorkers: 3,
    // Whole builds with real workers, on a machine that may be busy: only what hangs is ended.
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
