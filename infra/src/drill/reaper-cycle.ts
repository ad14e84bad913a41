import {
  DescribeLaunchTemplateVersionsCommand,
  RunInstancesCommand,
  type RunInstancesCommandInput,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { InvokeCommand } from "@aws-sdk/client-lambda";
import { workerName } from "@muster/pipeline";
import { WorkerTag } from "@muster/records";
import { type Drill, held, notHeld, type Outcome } from "./drill.ts";
import { instanceNamed } from "./lose-worker.ts";

/** What Reap answers. */
interface Reaped {
  readonly terminated: readonly { readonly instanceId: string; readonly why: string }[];
  readonly marked: readonly string[];
}

const LOOK_MS = 2 * 60_000;
/** Twenty minutes until a machine is never to become a worker, a mark, and another look; half as much again. */
const PATIENCE_MS = 45 * 60_000;

/** A machine of the stage that never becomes a worker is marked in one look of the reaper, and ended in a later one. */
export async function reaperCycle(drill: Drill): Promise<Outcome> {
  const { clients, clock } = drill;
  const instanceId = await launchIdleMachine(drill);
  const start = clock.now();
  const minutes = () => `${Math.round((clock.now() - start) / 60_000)} min`;
  const saw: string[] = [];
  try {
    while (clock.now() - start < PATIENCE_MS) {
      await clock.sleep(LOOK_MS);
      const { terminated, marked } = await invokeReap(drill);
      if (marked.includes(instanceId) && saw.length === 0) saw.push(`marked after ${minutes()}`);
      const ended = terminated.find((each) => each.instanceId === instanceId);
      if (ended !== undefined) saw.push(`ended after ${minutes()}: ${ended.why}`);
      const state = (await instanceNamed(drill, instanceId)).State?.Name;
      if (state === "shutting-down" || state === "terminated")
        // The stage's own schedule looks in between, and may be the one that marks or ends it.
        return saw.length > 0 ? held(saw) : notHeld([`it ended after ${minutes()}, without a mark that was seen`]);
    }
    return notHeld([...saw, `it was there after ${minutes()}`]);
  } finally {
    await clients.ec2.send(new TerminateInstancesCommand({ InstanceIds: [instanceId] }));
  }
}

async function invokeReap({ clients, description }: Drill): Promise<Reaped> {
  const { Payload, FunctionError } = await clients.lambda.send(
    new InvokeCommand({ FunctionName: description.functions.Reap, Payload: JSON.stringify({ scheduled: true }) }),
  );
  const text = Buffer.from(Payload ?? []).toString();
  if (FunctionError !== undefined) throw new Error(`Reap failed: ${text}`);
  return JSON.parse(text) as Reaped;
}

/** As the first step's workers are, but for what it runs: nothing. */
async function launchIdleMachine({ clients: { ec2 }, pipeline, description }: Drill): Promise<string> {
  const [activity] = pipeline.activities;
  if (activity === undefined) throw new RangeError("a pipeline has an activity");
  const template = {
    LaunchTemplateName: description.launchTemplates[activity.name],
    Version: description.launchTemplateVersions?.[activity.name] ?? "$Default",
  };
  const { LaunchTemplateVersions } = await ec2.send(
    new DescribeLaunchTemplateVersionsCommand({
      LaunchTemplateName: template.LaunchTemplateName,
      Versions: [template.Version],
    }),
  );
  const [card] = LaunchTemplateVersions?.[0]?.LaunchTemplateData?.NetworkInterfaces ?? [];
  const SubnetId = description.subnets[0]?.id;
  const tags = {
    Name: workerName({ state: "waiting", tasks: 0, subject: activity.name }),
    // As at every worker's birth.
    [WorkerTag.state]: "booting",
    [WorkerTag.stage]: description.stage,
    [WorkerTag.pipeline]: description.pipeline,
    [WorkerTag.activity]: activity.name,
  };
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  const request: RunInstancesCommandInput = {
    MinCount: 1,
    MaxCount: 1,
    LaunchTemplate: template,
    InstanceType: activity.worker.instanceTypes[0] as NonNullable<RunInstancesCommandInput["InstanceType"]>,
    UserData: Buffer.from("#!/bin/sh\n# A drill: never a worker.\n").toString("base64"),
    TagSpecifications: [{ ResourceType: "instance", Tags }],
    // A card of the template's and a subnet of the machine's do not go together.
    ...(card === undefined
      ? { SubnetId }
      : {
          NetworkInterfaces: [
            {
              DeviceIndex: 0,
              SubnetId,
              Groups: card.Groups,
              AssociatePublicIpAddress: card.AssociatePublicIpAddress,
              DeleteOnTermination: true,
            },
          ],
        }),
  };
  const { Instances } = await ec2.send(new RunInstancesCommand(request));
  return Instances?.[0]?.InstanceId ?? "";
}
