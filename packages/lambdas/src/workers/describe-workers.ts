import { DescribeInstancesCommand, type EC2Client, type Instance } from "@aws-sdk/client-ec2";
import { parseWorkerName, type StageDescription } from "@muster/pipeline";
import { WorkerTag } from "@muster/records";
import type { READ_OF_EC2 } from "../../bundle/read-members.ts";

/** `gone`: EC2 has stopped it or is about to. */
export type WorkerState = "booting" | "idle" | "active" | "stopping" | "failed" | "gone";

export interface Worker {
  readonly instanceId: string;
  readonly activity: string;
  readonly state: WorkerState;
  /** Whether it has ever said that it is ready; also of one that is gone. */
  readonly everReady: boolean;
  /** Why EC2 says that it ended: `Client.InstanceInitiatedShutdown`; undefined while it runs. */
  readonly stateReason: string | undefined;
  readonly launchedAt: Date;
  readonly instanceType: string;
  readonly market: "spot" | "on-demand";
  readonly zone: string;
  /** The task that its tags name. */
  readonly task: string | undefined;
  /** How many it has taken so far, by its name. */
  readonly tasks: number;
}

/**
 * The workers of a stage's pipeline, those that ended in the last hour included. States are as the workers tagged themselves, which is best
 * effort: who decides about a task asks claims and histories too.
 */
export async function describeWorkers(
  ec2: EC2Client,
  { stage, pipeline }: Pick<StageDescription, "stage" | "pipeline">,
): Promise<Worker[]> {
  const workers: Worker[] = [];
  let NextToken: string | undefined;
  do {
    const page = await ec2.send(
      new DescribeInstancesCommand({
        Filters: [
          { Name: `tag:${WorkerTag.stage}`, Values: [stage] },
          { Name: `tag:${WorkerTag.pipeline}`, Values: [pipeline] },
        ],
        MaxResults: 1000,
        NextToken,
      }),
    );
    workers.push(...(page.Reservations ?? []).flatMap(({ Instances }) => Instances ?? []).map(toWorker));
    NextToken = page.NextToken;
  } while (NextToken);
  return workers;
}

/** What a function's bundle knows of a machine. */
export type SeenInstance = Pick<Instance, (typeof READ_OF_EC2)["Instance"][number]>;

export function toWorker(instance: SeenInstance): Worker {
  const tags = new Map((instance.Tags ?? []).map(({ Key = "", Value = "" }) => [Key, Value]));
  return {
    instanceId: instance.InstanceId ?? "",
    activity: tags.get(WorkerTag.activity) ?? "",
    state: stateOf(instance.State?.Name, tags),
    everReady: hasBeenReady(tags),
    stateReason: instance.StateReason?.Code,
    launchedAt: instance.LaunchTime ?? new Date(0),
    instanceType: instance.InstanceType ?? "",
    market: instance.InstanceLifecycle === "spot" ? "spot" : "on-demand",
    zone: instance.Placement?.AvailabilityZone ?? "",
    task: tags.get(WorkerTag.task) || undefined,
    tasks: nameOf(tags)?.tasks ?? 0,
  };
}

function stateOf(ec2State: string | undefined, tags: ReadonlyMap<string, string>): WorkerState {
  if (ec2State === "pending") return "booting";
  if (ec2State !== "running") return "gone";
  const tagged = tags.get(WorkerTag.state);
  if (tagged === "stopping" || tagged === "failed") return tagged;
  if (nameOf(tags)?.state === "active" || tagged === "active") return "active";
  return hasBeenReady(tags) ? "idle" : "booting";
}

const nameOf = (tags: ReadonlyMap<string, string>) => parseWorkerName(tags.get("Name") ?? "");

/** A worker that has had a task is past booting, whatever became of its other tag. */
function hasBeenReady(tags: ReadonlyMap<string, string>): boolean {
  return tags.get(WorkerTag.state) !== "booting" || (nameOf(tags)?.tasks ?? 0) > 0;
}
