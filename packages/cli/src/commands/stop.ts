import { StopExecutionCommand } from "@aws-sdk/client-sfn";
import { command, positional } from "../command.ts";
import { findBuild } from "../history/find-build.ts";
import { UsageError } from "../usage-error.ts";

export default command({
  name: "stop",
  summary: "End a build; its workers end their scripts at their next heartbeat",
  args: { build: positional("The build's name, or the beginning of it") },
  async run({ build: name }, { openStage, print, env }) {
    const stage = await openStage({ to: "run" });
    const build = await findBuild(stage, name);
    if (!build.running) throw new UsageError(`the build ${build.name} has ended already (${build.status})`);
    await stage.sfn.send(
      new StopExecutionCommand({
        executionArn: build.executionArn,
        error: "Muster.Stopped",
        cause: `muster stop by ${env.user}`,
      }),
    );
    print.report(`stopped ${build.name}`);
    return 0;
  },
});
