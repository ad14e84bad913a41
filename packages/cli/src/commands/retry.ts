import { flag, list, option, positional } from "../arguments.ts";
import { command } from "../command.ts";

export default command({
  name: "retry",
  summary: "Do again what a build left undone, as a new build: what failed, and what waited for it",
  args: {
    build: positional("The build's name, or the beginning of it"),
    rerun: list("step", "Make a step again besides, though it was done, and what gets what it makes; once for each"),
    plan: flag("Show what would be done again; start nothing"),
    noFollow: flag("Do not wait for its end"),
    timeScale: option("number", "Divide the waits that only pace the build by this (local stage)"),
  },
  examples: [
    "retry 4.28.2_alice_2026-11-24_1015",
    "retry 4.28.2_alice --plan",
    "retry 4.28.2_alice --rerun MakeSourceTarball",
  ],
  run: async (values, context) => (await import("../retry/retry-build.ts")).retryBuild(values, context),
});
