import { flag, option, positional, words } from "../arguments.ts";
import { buildOptionSummaries } from "../build-option-summaries.ts";
import { command } from "../command.ts";

export default command({
  name: "task",
  summary: "Run one task's script here, with its real inputs and environment, without a build",
  args: {
    task: positional("Its name, as plans and reports have it"),
    words: words("Of the build around it: options; for a step of the build's own, its versions", [
      ...Object.keys(buildOptionSummaries),
    ]),
    dir: option("folder", "Where it works (default: .muster/tasks/<step>)"),
    keep: flag("Go on in the folder as the last run left it, instead of in an empty one"),
    noInit: flag("Leave out what init does and exports"),
    shell: flag("Open a shell in the folder, with the script's environment, instead of the script"),
  },
  examples: [
    "task MakeBinaryPackage-1.2.3-debian-12-bookworm",
    "task MakeSourceTarball-1.2.3 --shell",
    "task MakeSourceTarball-1.2.3 --keep",
    "task Announce 1.2.3 1.2.4",
  ],
  run: async (values, context) => (await import("../task/run-task-here.ts")).runTaskHere(values, context),
});
