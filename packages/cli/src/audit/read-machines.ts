import { DescribeInstancesCommand, type EC2Client, type Filter, type Instance } from "@aws-sdk/client-ec2";
import { toWorker } from "@muster/lambdas";
import { parseWorkerName } from "@muster/pipeline";
import { WorkerTag } from "@muster/records";
import type { Machine, Machines } from "./inventory.ts";

/** Values that one filter may have. @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html */
const MOST_VALUES = 200;

/**
 * The machines that bear the stage's tag, of whatever pipeline.
 * @throws whatever EC2 answers
 */
export async function readMachines(ec2: EC2Client, stage: string): Promise<Machines> {
  return sorted(await describe(ec2, { Name: `tag:${WorkerTag.stage}`, Values: [stage] }));
}

/** Of these machines, those that run without the stage's tag. */
export async function readUntagged(ec2: EC2Client, ids: readonly string[], stage: string): Promise<readonly Machine[]> {
  const found: Instance[] = [];
  for (let start = 0; start < ids.length; start += MOST_VALUES)
    found.push(...(await describe(ec2, { Name: "instance-id", Values: ids.slice(start, start + MOST_VALUES) })));
  const isOurs = ({ Tags }: Instance) => Tags?.some(({ Key, Value }) => Key === WorkerTag.stage && Value === stage);
  const untagged = found.filter((instance) => isOurs(instance) !== true);
  return sorted(untagged).alive.map((machine) => ({ ...machine, pipeline: undefined }));
}

async function describe(ec2: EC2Client, filter: Filter): Promise<Instance[]> {
  const instances: Instance[] = [];
  let NextToken: string | undefined;
  do {
    const page = await ec2.send(new DescribeInstancesCommand({ Filters: [filter], MaxResults: 1000, NextToken }));
    instances.push(...(page.Reservations ?? []).flatMap(({ Instances }) => Instances ?? []));
    NextToken = page.NextToken;
  } while (NextToken);
  return instances;
}

function sorted(instances: readonly Instance[]): Machines {
  const all = instances.map((instance) => [instance, toMachine(instance)] as const);
  return {
    alive: all.flatMap(([, machine]) => machine ?? []).sort((one, other) => +one.launchedAt - +other.launchedAt),
    gone: new Set(all.flatMap(([{ InstanceId = "" }, machine]) => (machine === undefined ? [InstanceId] : []))),
  };
}

/** undefined where it has been terminated, or is about to be. */
function toMachine(instance: Instance): Machine | undefined {
  const isStopped = instance.State?.Name === "stopped";
  const { instanceId, activity, state, task, launchedAt, instanceType } = toWorker(instance);
  if (state === "gone" && !isStopped) return undefined;
  const tag = (key: string) => instance.Tags?.find(({ Key }) => Key === key)?.Value || undefined;
  return {
    instance: instanceId,
    step: activity,
    state: isStopped || state === "gone" ? "stopped" : state,
    task,
    tasks: parseWorkerName(tag("Name") ?? "")?.tasks ?? 0,
    launchedAt,
    instanceType,
    pipeline: tag(WorkerTag.pipeline),
    launch: tag(WorkerTag.launch),
  };
}
