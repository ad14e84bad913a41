import { command, optional } from "../command.ts";
import { findBuild } from "../history/find-build.ts";
import { loadBuild } from "../history/load-build.ts";
import { UsageError } from "../usage-error.ts";

export default command({
  name: "results",
  summary: "Print a finished build's results as JSON, of failed builds too",
  args: { build: optional("The build's name, or the beginning of it (default: the latest)") },
  async run({ build: name }, { openStage, print }) {
    const stage = await openStage({ to: "read" });
    const { name: found, executionArn } = await findBuild(stage, name);
    const build = await loadBuild(stage, executionArn);
    if (build.results === undefined) {
      const interrupted = build.state === "running" && stage.movedBy === "nobody";
      throw new UsageError(
        build.state === "running"
          ? `the build ${found} has no results yet: it ${interrupted ? "was interrupted" : "is running"}`
          : `the build ${found} has no results: it ${build.state === "aborted" ? "was aborted" : build.state}`,
        {
          hint: `muster status ${found} shows how far it ${build.state === "running" && !interrupted ? "is" : "came"}`,
        },
      );
    }
    print.json(build.results);
    return 0;
  },
});
