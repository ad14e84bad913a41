import { DescribeExecutionCommand } from "@aws-sdk/client-sfn";
import type { Stage } from "../stages/stage.ts";
import { understood } from "../start-build.ts";
import { listBuilds } from "./find-build.ts";

/** The versions of the latest builds, of the latest build first; what a former definition understood and this one does not is left out. */
export async function latestVersions(
  stage: Pick<Stage, "sfn" | "pipeline" | "description">,
  { builds: max }: { builds: number },
): Promise<string[]> {
  const builds = await listBuilds(stage, { max });
  const versions = await Promise.all(
    builds.map(async ({ executionArn, startedAt }) => {
      const { input } = await stage.sfn.send(new DescribeExecutionCommand({ executionArn }));
      return understood(stage, input ?? "{}", startedAt)?.versions ?? [];
    }),
  );
  return [...new Set(versions.flat())];
}
