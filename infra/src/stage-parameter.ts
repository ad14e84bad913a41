import { SsmParameter } from "@cdktf/provider-aws/lib/ssm-parameter/index.js";
import { functionNames, type StageDescriptionInput, stageParameter } from "@muster/pipeline";
import { TerraformLocal } from "cdktf";
import type { WorkerParts } from "./compute/workers.ts";
import type { Edge } from "./edge/distribution.ts";
import type { Network } from "./network/network.ts";
import { secretNameOf, toldHere, topicArnOf } from "./notifications/told-here.ts";
import type { StageScope } from "./stage-scope.ts";

/** All that functions and the `muster` command need to know of the stage, as JSON that Terraform completes. */
export function describeStage(
  scope: StageScope,
  { workers, network, edge }: { workers: readonly WorkerParts[]; network: Network; edge: Edge | undefined },
): TerraformLocal {
  const { stack, stage, pipeline, names } = scope;
  const { maxWorkers, maxCostPerHour } = stage.limits;
  const description: StageDescriptionInput = {
    stage: stage.name,
    pipeline: pipeline.name,
    region: stage.region,
    accountId: stage.account,
    stateMachineArn: names.stateMachineArn,
    functions: {
      ...Object.fromEntries(functionNames.map((name) => [name, names.lambda(name)])),
      // People call it too, who may call what is deployed last alone.
      Notify: `${names.lambda("Notify")}:live`,
    },
    buckets: {
      assets: names.bucket("assets"),
      scratch: names.bucket("scratch"),
      downloads: names.bucket("downloads"),
      state: names.bucket("state"),
    },
    // What each activity has besides is named as all stages name it.
    launchTemplateVersions: Object.fromEntries(
      workers.map(({ activity, launchTemplate }) => [activity.name, String(launchTemplate.latestVersion)]),
    ),
    subnets: network.subnets.map(({ id, zone }) => ({ id, zone })),
    ...(edge && { distributionId: edge.distribution.id }),
    downloadsUrl: edge?.url ?? `https://${names.bucket("downloads")}.s3.${stage.region}.amazonaws.com`,
    ...(maxWorkers !== undefined && { maxWorkers }),
    ...(maxCostPerHour !== undefined && { maxCostPerHour }),
    ...(stage.spot === "never" && { spot: stage.spot }),
    ...(Object.keys(stage.policy).length > 0 && { policy: stage.policy }),
    ...notifiedIn(scope),
  };
  return new TerraformLocal(stack, "stage_description", JSON.stringify(description));
}

function notifiedIn(scope: StageScope): Pick<StageDescriptionInput, "notifies"> {
  const told = toldHere(scope).map((notification) => {
    const [secret, topic] = [secretNameOf(notification, scope), topicArnOf(notification, scope)];
    return [
      notification.name,
      { ...(secret !== undefined && { secret }), ...(topic !== undefined && { topic }) },
    ] as const;
  });
  return told.length === 0 ? {} : { notifies: Object.fromEntries(told) };
}

/** Puts the description where `muster --stage <name>` looks for it. */
export function createStageParameter({ stack, stage }: StageScope, description: TerraformLocal): SsmParameter {
  return new SsmParameter(stack, "stage_parameter", {
    name: stageParameter(stage.name),
    description: "What muster --stage needs to know",
    type: "String",
    // Beyond 4 KB, as with many activities, only advanced parameters will do.
    tier: "Intelligent-Tiering",
    value: description.asString,
  });
}
