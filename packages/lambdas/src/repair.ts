import { DescribeInstancesCommand, type EC2Client } from "@aws-sdk/client-ec2";
import type { Activity, StageDescription } from "@muster/pipeline";
import { type StateRecords, stateKey, stateRecords, WorkerTag } from "@muster/records";
import * as z from "zod";
import { ExecutionStatus } from "./execution-ended.ts";
import { type HandlerContext, handler } from "./handler.ts";
import { demandsOfBuild } from "./launching/demands.ts";
import { failClaim } from "./repair/fail-claim.ts";
import { repairContext } from "./repair/repair-context.ts";
import { repairNow } from "./repair/tend-activities.ts";
import { type SeenInstance, toWorker } from "./workers/describe-workers.ts";

/** What EventBridge delivers. @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitoring-instance-state-changes.html */
const StateChange = z.object({
  "detail-type": z.literal("EC2 Instance State-change Notification"),
  detail: z.object({ "instance-id": z.string(), state: z.string() }),
});
/** Two minutes' notice. @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html */
const SpotNotice = z.object({
  "detail-type": z.literal("EC2 Spot Instance Interruption Warning"),
  detail: z.object({ "instance-id": z.string() }),
});
const STARTING = new Set(["pending", "running"]);

/** Acts on what happens to machines and builds at once, by the same code as the health check. */
export const repair = handler(
  "Repair",
  {
    input: z.discriminatedUnion("detail-type", [StateChange, SpotNotice, ExecutionStatus]),
    uses: ["ec2", "s3", "sfn"],
  },
  async (event, context) => {
    if (event["detail-type"] === "Step Functions Execution Status Change") return tidyUp(event.detail, context);
    const instanceId = event.detail["instance-id"];
    if ("state" in event.detail && STARTING.has(event.detail.state)) return { ignored: event.detail.state };

    const repair = repairContext(context);
    const { launching, sfn, activities } = repair;
    const { ec2, records, stage, now, log } = launching;
    const activity = await activityOf(instanceId, { ec2, records, stage, activities });
    if (activity === undefined) return { ignored: "not a worker of this stage" };
    // A spot instance has two minutes left, in which its agent gives the task back by itself.
    const leaving = event["detail-type"] === "EC2 Spot Instance Interruption Warning";
    const task = leaving ? undefined : await failClaim(activity.name, instanceId, { records, sfn, now, log });
    const { reports } = await repairNow([activity], repair, leaving ? { leaving: new Set([instanceId]) } : {});
    return { activity: activity.name, task, reports };
  },
);

/** What only a running build needs: its token and its mark, and demands for which a machine would be launched that nobody waits for. */
async function tidyUp(
  { executionArn, stateMachineArn, status }: ExecutionStatus["detail"],
  { clients, stage, pipeline, now, log }: HandlerContext<"s3">,
): Promise<unknown> {
  if (status === "RUNNING" || stateMachineArn !== stage.stateMachineArn) return { ignored: status };
  const records = stateRecords(clients.s3, stage.buckets.state);
  const reading = { records, now, log };
  const [own, ...demands] = await Promise.all([
    records.list(stateKey.execution(executionArn)),
    ...pipeline.activities.map(({ name }) => demandsOfBuild(name, executionArn, reading)),
  ]);
  const keys = [...(own ?? []), ...demands.flat()];
  await records.delete(keys);
  return { deleted: keys.length };
}

/** By its tags, or, where EC2 has forgotten the machine, by the task it held. */
async function activityOf(
  instanceId: string,
  {
    ec2,
    records,
    stage,
    activities,
  }: { ec2: EC2Client; records: StateRecords; stage: StageDescription; activities: readonly Activity[] },
): Promise<Activity | undefined> {
  const name = (await tagsOf(instanceId, { ec2, stage })) ?? (await claimantOf(instanceId, { records, activities }));
  return activities.find((activity) => activity.name === name);
}

/** The activity of one of this stage's workers; "" for a machine that is none of them, undefined for one that EC2 does not know. */
async function tagsOf(
  instanceId: string,
  { ec2, stage }: { ec2: EC2Client; stage: StageDescription },
): Promise<string | undefined> {
  try {
    const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [instanceId] }));
    const instance: SeenInstance | undefined = Reservations?.[0]?.Instances?.[0];
    if (instance === undefined) return undefined;
    const tag = (key: string) => instance.Tags?.find(({ Key }) => Key === key)?.Value;
    const ours = tag(WorkerTag.stage) === stage.stage && tag(WorkerTag.pipeline) === stage.pipeline;
    return ours ? toWorker(instance).activity : "";
  } catch (error) {
    if (error instanceof Error && error.name.startsWith("InvalidInstanceID")) return undefined;
    throw error;
  }
}

async function claimantOf(
  instanceId: string,
  { records, activities }: { records: StateRecords; activities: readonly Activity[] },
): Promise<string | undefined> {
  const keys = activities.map(({ name }) => stateKey.claim(name, instanceId));
  const found = await Promise.all(keys.map((key) => records.etag(key)));
  return activities[found.findIndex((etag) => etag !== undefined)]?.name;
}
