import { flag, list, option, words } from "../arguments.ts";
import { buildOptionSummaries } from "../build-option-summaries.ts";
import { command } from "../command.ts";

export default command({
  name: "build",
  summary: "Build, package and publish: any versions, platforms and steps, in any order",
  args: {
    words: words("Versions (default: today's nightly), platforms, steps (default: all)", [
      ...Object.keys(buildOptionSummaries),
      "--test",
    ]),
    input: list("name=value", "What the pipeline asks of a build; once for each (muster help build lists them)"),
    rerun: list("step", "Make a step again, though what it makes is there, and what gets that; once for each"),
    plan: flag("Show what would run or be skipped, and why; start nothing"),
    noFollow: flag("Do not wait for its end"),
    timeScale: option("number", "Divide the waits that only pace the build by this (local stage)"),
  },
  examples: [
    "build",
    "build 4.28.2 4.27.1",
    "build 4.28.2 ubuntu-18.04-bionic MakeBinaryPackage",
    "build 4.28.2 --test-build",
    "build 4.28.2 --input target=production",
    "build 4.28.2 --rerun MakeBinaryPackage --plan",
    "build --plan",
  ],
  outlivesReader: true,
  run: async (values, context) => (await import("../run-build.ts")).runBuild(values, context),
});
