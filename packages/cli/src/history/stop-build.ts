import { StopExecutionCommand } from "@aws-sdk/client-sfn";
import type { ExitCode } from "../command.ts";
import type { Context } from "../context.ts";
import { UsageError } from "../usage-error.ts";
import { findBuild } from "./find-build.ts";

/** What `muster stop --json` prints. */
export interface StopJson {
  /** The build's name. */
  readonly stopped: string;
}

/**
 * Ends a build that runs.
 * @throws UsageError when it has ended already
 */
export async function stopBuild(
  { build: name }: { build: string },
  { openStage, print, env, globals }: Context,
): Promise<ExitCode> {
  const stage = await openStage({ to: "run" });
  const build = await findBuild(stage, name);
  if (!build.running)
    throw new UsageError(`the build ${build.name} has ended already: ${build.status.toLowerCase().replace("_", " ")}`);
  await stage.sfn.send(
    new StopExecutionCommand({
      executionArn: build.executionArn,
      error: "Muster.Stopped",
      cause: `muster stop by ${env.user}`,
    }),
  );
  if (globals.json) print.json({ stopped: build.name } satisfies StopJson);
  else print.sentence(`stopped ${build.name}`);
  return 0;
}
