import type { ExitCode } from "../command.ts";
import type { Context } from "../context.ts";
import { UsageError } from "../usage-error.ts";
import { findBuild } from "./find-build.ts";
import { loadBuild } from "./load-build.ts";

/**
 * Prints the results of a finished build.
 * @throws UsageError when it has none
 */
export async function showResults(
  { build: name }: { build: string | undefined },
  { openStage, print }: Context,
): Promise<ExitCode> {
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
}
