import {
  CreateActivityCommand,
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  GetActivityTaskCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import { createLocalAws } from "@muster/local";
import { LOCAL_ACCOUNT, LOCAL_REGION } from "../src/stages/local/describe-local-stage.ts";

const ACTIVITY = "MakeBinaryPackage";

/** Fills the state folder of a local stage with builds that have ended, each of that many tasks of one step. */
export async function pastBuilds(
  dir: string,
  { pipeline, builds, tasks }: { pipeline: string; builds: number; tasks: number },
): Promise<void> {
  const aws = createLocalAws({ dir, region: LOCAL_REGION, accountId: LOCAL_ACCOUNT });
  const sfn = new SFNClient(aws.clientConfig());
  try {
    const { activityArn, stateMachineArn } = await createBenchMachine(sfn, pipeline);
    for (let build = 1; build <= builds; build++) {
      const items = taskItems(build, tasks);
      const { executionArn } = await sfn.send(
        new StartExecutionCommand({ stateMachineArn, name: `1.${build}.0_root`, input: JSON.stringify({ items }) }),
      );
      for (let task = 0; task < tasks; task++) {
        const { taskToken } = await sfn.send(
          new GetActivityTaskCommand({ activityArn, workerName: `ec2_i-0${String(task).padStart(16, "0")}` }),
        );
        const output = JSON.stringify({ ec2: "i-0123456789abcdef0", time_sec: "1" });
        await sfn.send(new SendTaskSuccessCommand({ taskToken, output }));
      }
      const { status } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
      if (status !== "SUCCEEDED") throw new Error(`build ${build} is ${status} after all its tasks`);
    }
  } finally {
    sfn.destroy();
    await aws.close();
  }
}

/** A state machine that does one step for each of its input's items. */
export async function createBenchMachine(sfn: SFNClient, pipeline: string) {
  const { activityArn } = await sfn.send(new CreateActivityCommand({ name: ACTIVITY }));
  const { stateMachineArn } = await sfn.send(
    new CreateStateMachineCommand({
      name: pipeline,
      definition: JSON.stringify(definition(activityArn)),
      roleArn: `arn:aws:iam::${LOCAL_ACCOUNT}:role/bench`,
    }),
  );
  return { activityArn, stateMachineArn };
}

export const taskItems = (build: number, tasks: number) =>
  Array.from({ length: tasks }, (_, task) => ({
    activity: ACTIVITY,
    version: `1.${build}.${task}`,
    platform: "debian-12-bookworm",
  }));

const definition = (activityArn: string | undefined) => ({
  StartAt: "ForEachPlatform",
  States: {
    ForEachPlatform: {
      Type: "Map",
      ItemsPath: "$.items",
      ItemProcessor: {
        StartAt: ACTIVITY,
        States: { [ACTIVITY]: { Type: "Task", Resource: activityArn, TimeoutSeconds: 3600, End: true } },
      },
      End: true,
    },
  },
});
