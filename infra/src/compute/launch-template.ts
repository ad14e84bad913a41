import type { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group/index.js";
import { IamInstanceProfile } from "@cdktf/provider-aws/lib/iam-instance-profile/index.js";
import type { IamRole } from "@cdktf/provider-aws/lib/iam-role/index.js";
import { LaunchTemplate } from "@cdktf/provider-aws/lib/launch-template/index.js";
import { type Activity, policyOf, scriptKey, USUAL_IDLE_SECONDS, workerName } from "@muster/pipeline";
import { WorkerTag } from "@muster/records";
import { ec2Bootstrap, renderUserData } from "@muster/worker-agent";
import { Fn, TerraformLocal } from "cdktf";
import { architectureOf, type BuiltParts } from "../built-parts.ts";
import { IAM_PATH } from "../iam/role.ts";
import type { Network } from "../network/network.ts";
import type { StageScope } from "../stage-scope.ts";
import type { Assets } from "../storage/assets.ts";
import { terraformText } from "../terraform-text.ts";
import { imageParameter, rootDevice } from "./worker-image.ts";

export interface LaunchTemplateOptions {
  readonly role: IamRole;
  readonly logGroup: CloudwatchLogGroup;
  readonly network: Network;
  readonly assets: Assets;
  readonly parts: BuiltParts;
  /** Where the pipeline's scripts lie: its folder. */
  readonly scriptFile: (path: string) => string;
}

/** What a worker of one activity is, but for its type and subnet, which each launch chooses. */
export function createLaunchTemplate(
  scope: StageScope,
  activity: Activity,
  options: LaunchTemplateOptions,
): LaunchTemplate {
  const { stack, stage, pipeline, names } = scope;
  const { role, network } = options;
  const profile = new IamInstanceProfile(stack, `${activity.name}_profile`, {
    name: role.name,
    path: IAM_PATH,
    role: role.name,
  });
  const parameter = imageParameter(activity, pipeline);
  const userData = new TerraformLocal(
    stack,
    `${activity.name}_user_data`,
    terraformText(workerUserData(scope, activity, options)),
  );
  const tags = {
    // The provider's default tags end at the template; its instances and their volumes get these.
    ...stage.tags,
    Name: workerName({ state: "waiting", tasks: 0, subject: activity.name }),
    [WorkerTag.activityArn]: names.activityArn(activity),
    [WorkerTag.stage]: stage.name,
    [WorkerTag.pipeline]: pipeline.name,
    [WorkerTag.activity]: activity.name,
  };
  return new LaunchTemplate(stack, `${activity.name}_template`, {
    name: names.launchTemplate(activity),
    description: `Workers of ${activity.name}`,
    updateDefaultVersion: true,
    imageId: `resolve:ssm:${parameter}`,
    iamInstanceProfile: { arn: profile.arn },
    instanceInitiatedShutdownBehavior: "terminate",
    userData: Fn.base64encode(userData.asString),
    blockDeviceMappings: [
      {
        deviceName: rootDevice(scope, parameter, architectureOf(activity)),
        ebs: {
          encrypted: "true",
          // Named, for the region's default may be a customer managed key that no role here may use. The provider takes ARNs alone.
          kmsKeyId: stage.encryptionKey ?? names.arn("kms", "alias/aws/ebs"),
          deleteOnTermination: "true",
          volumeType: "gp3",
          ...(activity.worker.rootVolumeGb !== undefined && { volumeSize: activity.worker.rootVolumeGb }),
        },
      },
    ],
    // A recovered machine is a rebooted one: its task is lost anyway, and another machine takes it sooner.
    maintenanceOptions: { autoRecovery: "disabled" },
    metadataOptions: {
      httpEndpoint: "enabled",
      httpTokens: "required",
      // One hop: containers that a script starts do not reach the role of its machine.
      httpPutResponseHopLimit: 1,
      // The agent learns from a tag which kind of build launched it.
      instanceMetadataTags: "enabled",
    },
    networkInterfaces: [
      {
        deviceIndex: 0,
        associatePublicIpAddress: String(network.publicAddresses),
        deleteOnTermination: "true",
        securityGroups: [network.securityGroupId],
      },
    ],
    monitoring: { enabled: false },
    tagSpecifications: ["instance", "volume"].map((resourceType) => ({ resourceType, tags })),
  });
}

/** The script that turns a machine into a worker: the agent by digest, and what it runs. */
function workerUserData(
  { stage, pipeline, names }: StageScope,
  activity: Activity,
  { assets, parts, scriptFile, logGroup }: LaunchTemplateOptions,
): string {
  const script = (path: string) => assets.url(scriptFile(path), scriptKey(path));
  const architecture = architectureOf(activity);
  const { idleSeconds } = policyOf(stage);
  return renderUserData({
    environment: {
      ACTIVITY_ARN: names.activityArn(activity),
      ACTIVITY_NAME: activity.name,
      SCRIPT_URL: script(activity.script),
      ...(activity.init !== undefined && { INIT_URL: script(activity.init) }),
      ...(activity.afterTask !== undefined && { AFTER_TASK_URL: script(activity.afterTask) }),
      DUMMY_SCRIPT_URL: script(pipeline.dummyScript),
      AWS_REGION: stage.region,
      LOG_GROUP: logGroup.name,
      STATE_BUCKET: names.bucket("state"),
      SCRATCH_BUCKET: names.bucket("scratch"),
      ...(idleSeconds !== USUAL_IDLE_SECONDS && { IDLE_SECONDS: String(idleSeconds) }),
      ...(names.prefixes.secrets !== "" && { SECRET_PREFIX: names.prefixes.secrets }),
      ...(names.prefixes.images !== "" && { IMAGE_PREFIX: names.prefixes.images }),
      ...(names.prefixes.volumes !== "" && { VOLUME_PREFIX: names.prefixes.volumes }),
    },
    bootstrap: ec2Bootstrap({ archive: assets.url(parts.agentArchive(architecture), `agents/${architecture}.tar.gz`) }),
  });
}
