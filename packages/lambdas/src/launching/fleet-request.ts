import type { CreateFleetCommandInput, FleetLaunchTemplateOverridesRequest, Tag } from "@aws-sdk/client-ec2";
import {
  type Activity,
  InvalidConfigurationError,
  type LaunchRecord,
  type StageDescription,
  workerName,
} from "@muster/pipeline";
import { WorkerTag } from "@muster/records";
import { activityArn } from "./launch-context.ts";

/**
 * One synchronous attempt over all types and subnets. What is written in the intent decides it, so that repeating an intent repeats the same
 * request under the same client token.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instant-fleet.html
 */
export function fleetRequest(
  activity: Activity,
  { clientToken, wanted, market, launchedBy, templateVersion }: LaunchRecord,
  stage: StageDescription,
): CreateFleetCommandInput {
  const launchTemplate = stage.launchTemplates[activity.name];
  if (launchTemplate === undefined) {
    throw new InvalidConfigurationError(`the stage "${stage.stage}" has no launch template for ${activity.name}`, {
      hint: "deploy the pipeline again",
    });
  }
  return {
    Type: "instant",
    ClientToken: clientToken,
    TargetCapacitySpecification: { TotalTargetCapacity: wanted, DefaultTargetCapacityType: market },
    ...(market === "spot"
      ? { SpotOptions: { AllocationStrategy: "price-capacity-optimized" } }
      : { OnDemandOptions: { AllocationStrategy: "prioritized" } }),
    LaunchTemplateConfigs: [
      {
        LaunchTemplateSpecification: {
          LaunchTemplateName: launchTemplate,
          // A fixed version: deploying during a build changes nothing for that build.
          Version: templateVersion ?? stage.launchTemplateVersions?.[activity.name] ?? "$Default",
        },
        Overrides: pools(activity, stage),
      },
    ],
    TagSpecifications: [
      { ResourceType: "instance", Tags: workerTags(activity, stage, { launchedBy, launch: clientToken }) },
    ],
  };
}

/** Every type in every subnet; the pipeline's order is the preference. Most overrides of an instant fleet: 300. */
function pools(
  { name, worker }: Activity,
  { stage, subnets }: StageDescription,
): FleetLaunchTemplateOverridesRequest[] {
  const zones = worker.availabilityZones;
  const usable = zones ? subnets.filter(({ zone }) => zones.includes(zone)) : subnets;
  if (usable.length === 0 && (zones || subnets.length > 0)) {
    throw new InvalidConfigurationError(
      `${name} needs the zone ${zones?.join(" or ")}; the stage "${stage}" has subnets in ${subnets.map(({ zone }) => zone).join(", ") || "none"}`,
      { hint: "add a subnet there" },
    );
  }
  return worker.instanceTypes.flatMap((InstanceType, Priority) => {
    const type = { InstanceType: InstanceType as NonNullable<FleetLaunchTemplateOverridesRequest["InstanceType"]> };
    if (usable.length === 0) return [{ ...type, Priority }];
    return usable.map(({ id }) => ({ ...type, SubnetId: id, Priority }));
  });
}

function workerTags(
  activity: Activity,
  stage: StageDescription,
  { launchedBy, launch }: { launchedBy: string; launch: string },
): Tag[] {
  const tags: Record<string, string> = {
    Name: workerName({ state: "waiting", tasks: 0, subject: activity.name }),
    [WorkerTag.activityArn]: activityArn({ stage }, activity),
    [WorkerTag.stage]: stage.stage,
    [WorkerTag.pipeline]: stage.pipeline,
    [WorkerTag.activity]: activity.name,
    [WorkerTag.launchedBy]: launchedBy,
    [WorkerTag.state]: "booting",
    [WorkerTag.launch]: launch,
  };
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
