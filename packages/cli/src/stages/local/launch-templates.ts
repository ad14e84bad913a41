import {
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  DescribeLaunchTemplateVersionsCommand,
  type EC2Client,
  ModifyLaunchTemplateCommand,
  type RequestLaunchTemplateData,
} from "@aws-sdk/client-ec2";
import { type Activity, activityNamed, type Pipeline, type StageDescription } from "@muster/pipeline";
import { localBootstrap, renderUserData } from "@muster/worker-agent";
import type { Assets } from "./upload-assets.ts";

export interface LaunchTemplateOptions {
  readonly ec2: EC2Client;
  readonly assets: Assets;
  /** The program that workers run. */
  readonly agent: string;
  readonly idleSeconds: string | undefined;
}

/** The instance profile of a pipeline's workers. */
export const workerProfile = (pipeline: string): string => `${pipeline}-worker`;

/** One launch template per activity, with the user data that makes an instance its worker. */
export async function putLaunchTemplates(
  pipeline: Pipeline,
  stage: StageDescription,
  options: LaunchTemplateOptions,
): Promise<void> {
  await Promise.all(
    Object.entries(stage.launchTemplates).map(([activity, name]) =>
      putLaunchTemplate(options.ec2, name, templateOf(activityNamed(pipeline, activity), stage, options)),
    ),
  );
}

function templateOf(
  { name, worker }: Activity,
  stage: StageDescription,
  { assets, agent, idleSeconds }: LaunchTemplateOptions,
) {
  const urls = assets.activities[name];
  const userData = renderUserData({
    environment: {
      ACTIVITY_ARN: stage.activities[name] as string,
      ACTIVITY_NAME: name,
      SCRIPT_URL: urls?.script as string,
      ...(urls?.init !== undefined && { INIT_URL: urls.init }),
      ...(urls?.afterTask !== undefined && { AFTER_TASK_URL: urls.afterTask }),
      DUMMY_SCRIPT_URL: assets.dummyScript,
      AWS_REGION: stage.region,
      LOG_GROUP: stage.logGroups[name] as string,
      STATE_BUCKET: stage.buckets.state,
      SCRATCH_BUCKET: stage.buckets.scratch,
      ...(idleSeconds !== undefined && { IDLE_SECONDS: idleSeconds }),
    },
    bootstrap: localBootstrap({ node: process.execPath, agent }),
  });
  return {
    ImageId: "ami-00000000000000000",
    InstanceType: worker.instanceTypes[0] as RequestLaunchTemplateData["InstanceType"],
    InstanceInitiatedShutdownBehavior: "terminate",
    MetadataOptions: { HttpTokens: "required", InstanceMetadataTags: "enabled" },
    IamInstanceProfile: { Name: workerProfile(stage.pipeline) },
    UserData: Buffer.from(userData).toString("base64"),
  } satisfies RequestLaunchTemplateData;
}

async function putLaunchTemplate(ec2: EC2Client, name: string, wanted: RequestLaunchTemplateData): Promise<void> {
  const present = await defaultVersion(ec2, name);
  if (present === undefined) {
    await ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName: name, LaunchTemplateData: wanted }));
  } else if (present.UserData !== wanted.UserData || present.InstanceType !== wanted.InstanceType) {
    const { LaunchTemplateVersion } = await ec2.send(
      new CreateLaunchTemplateVersionCommand({ LaunchTemplateName: name, LaunchTemplateData: wanted }),
    );
    await ec2.send(
      new ModifyLaunchTemplateCommand({
        LaunchTemplateName: name,
        DefaultVersion: String(LaunchTemplateVersion?.VersionNumber),
      }),
    );
  }
}

async function defaultVersion(ec2: EC2Client, name: string) {
  try {
    const { LaunchTemplateVersions } = await ec2.send(
      new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateName: name, Versions: ["$Default"] }),
    );
    return LaunchTemplateVersions?.[0]?.LaunchTemplateData;
  } catch (error) {
    if (error instanceof Error && error.name.startsWith("InvalidLaunchTemplateName.NotFound")) return undefined;
    throw error;
  }
}
