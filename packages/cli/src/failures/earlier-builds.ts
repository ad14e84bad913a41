import { DescribeExecutionCommand } from "@aws-sdk/client-sfn";
import { type EarlierBuild, failuresOfCause } from "@muster/pipeline";
import { listBuilds } from "../history/find-build.ts";
import type { Stage } from "../stages/stage.ts";

/** How many builds back a failure is looked for, and among how many for those that ended by themselves. */
const BUILDS = 3;
const KNOWN = 20;

/** The last builds before one, the latest first; of each only what its execution says of its end: a call or none, however long its history is. */
export async function earlierBuilds(
  { sfn, description }: Pick<Stage, "sfn" | "description">,
  { executionArn, startedAt }: { executionArn: string; startedAt: Date | undefined },
): Promise<EarlierBuild[]> {
  const known = await listBuilds({ sfn, description }, { max: KNOWN });
  const before = known.filter(
    (build) =>
      build.executionArn !== executionArn &&
      (build.status === "FAILED" || build.status === "SUCCEEDED") &&
      build.startedAt <= (startedAt ?? new Date()),
  );
  return Promise.all(
    before.slice(0, BUILDS).map(async (build): Promise<EarlierBuild> => {
      if (build.status === "SUCCEEDED") return { name: build.name, failures: [] };
      const { cause = "" } = await sfn.send(new DescribeExecutionCommand({ executionArn: build.executionArn }));
      return { name: build.name, failures: failuresOfCause(cause) };
    }),
  );
}
