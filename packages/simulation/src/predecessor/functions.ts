import { DescribeInstancesCommand, type EC2Client, RunInstancesCommand, type Tag } from "@aws-sdk/client-ec2";
import { decideStep, inputOfTask } from "@muster/lambdas";
import {
  type Activity,
  activityNamed,
  fixedState,
  HealthCheckEvent,
  PrepareActivityEvent,
  publishedTask,
  type StageDescription,
  workerName,
} from "@muster/pipeline";
import { WorkerTag } from "@muster/records";
import type { Deployment, FunctionContext } from "../world/deployment.ts";
import { attemptsOf, readHistory } from "../world/read-build.ts";

/**
 * The functions of the system that Muster replaced, as far as they were other ones: who starts a worker for each task, just before it is
 * published, and who looks every five minutes whether tasks wait for an activity that no worker is of.
 */
export const predecessorsFunctions: NonNullable<Deployment["functions"]> = (context) => ({
  PrepareActivity: (event) => prepareActivity(PrepareActivityEvent.parse(event), context),
  [fixedState.healthCheck]: (event) => healthCheck(HealthCheckEvent.parse(event), context),
});

async function prepareActivity(event: PrepareActivityEvent, context: FunctionContext): Promise<unknown> {
  const { pipeline, stage, clients, now } = context;
  const { buildInput: build, execution, scripts } = event;
  const { task, decision } = await decideStep(event, { pipeline, stage, s3: clients.s3, now });
  const { run, reason, restore, again } = decision;
  if (!run) return { skip: true, reason };
  const taskInput = inputOfTask(task, { build, execution: execution.id, scripts, pipeline, stage, restore, again });
  if (build.debug === "skip_ec2") return { skip: false, reason, taskInput: publishedTask(taskInput) };
  await startWorker(task.activity, { ec2: clients.ec2, stage });
  return { skip: false, reason, taskInput };
}

/** Ends with its build, and at no other time than its own. */
async function healthCheck(
  { buildInput, execution }: ReturnType<typeof HealthCheckEvent.parse>,
  context: FunctionContext,
): Promise<unknown> {
  if (buildInput.debug === "skip_ec2") return { continue: false };
  const { pipeline, stage, clients } = context;
  const history = await readHistory(clients.sfn, execution.id);
  const hasEnded = history.some(({ stateExitedEventDetails: exited }) => exited?.name === fixedState.endHealthCheck);
  if (hasEnded) return { continue: false };
  const pending = attemptsOf(history).filter(({ startedMs, endedMs }) => (startedMs ?? endedMs) === undefined);
  for (const [name, tasks] of Map.groupBy(pending, ({ activity }) => activity)) {
    const activity = activityNamed(pipeline, name);
    if (await hasWorkers(activity, { ec2: clients.ec2, stage })) continue;
    for (const _ of tasks) await startWorker(activity, { ec2: clients.ec2, stage });
  }
  return { continue: true, tickSeconds: 300, repaired: [] };
}

interface Machines {
  readonly ec2: EC2Client;
  readonly stage: StageDescription;
}

/** One instance, on demand, of the one type that the activity has. */
async function startWorker(activity: Activity, { ec2, stage }: Machines): Promise<void> {
  const [InstanceType] = activity.worker.instanceTypes;
  await ec2.send(
    new RunInstancesCommand({
      InstanceType: InstanceType as NonNullable<RunInstancesCommand["input"]["InstanceType"]>,
      MinCount: 1,
      MaxCount: 1,
      LaunchTemplate: { LaunchTemplateName: stage.launchTemplates[activity.name] },
      TagSpecifications: [{ ResourceType: "instance", Tags: tagsOf(activity, stage) }],
    }),
  );
}

function tagsOf(activity: Activity, { stage, pipeline, activities }: StageDescription): Tag[] {
  const tags: Record<string, string> = {
    Name: workerName({ state: "waiting", tasks: 0, subject: activity.name }),
    [WorkerTag.activityArn]: activities[activity.name] ?? "",
    [WorkerTag.stage]: stage,
    [WorkerTag.pipeline]: pipeline,
    [WorkerTag.activity]: activity.name,
  };
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** Booting, idle or busy: whoever is there will come to the task one day. */
async function hasWorkers({ name }: Activity, { ec2, stage }: Machines): Promise<boolean> {
  const { Reservations = [] } = await ec2.send(
    new DescribeInstancesCommand({
      Filters: [
        { Name: `tag:${WorkerTag.activityArn}`, Values: [stage.activities[name] ?? ""] },
        { Name: "instance-state-name", Values: ["pending", "running"] },
      ],
    }),
  );
  return Reservations.length > 0;
}
