import { CreateLaunchTemplateVersionCommand } from "@aws-sdk/client-ec2";
import { UpdateStateMachineCommand } from "@aws-sdk/client-sfn";
import type { Pipeline, StageDescription } from "@muster/pipeline";
import type { Deployment } from "./deployment.ts";
import { type DeployClients, definitionOf } from "./set-up-stage.ts";

/**
 * Deploys a stage again while it works: another version of its state machine and of each launch template. Builds that run keep the machine that they
 * began with, and meet the functions of the stage that is returned.
 * @param number of the deployment, from 2
 */
export async function deployAnew(
  {
    pipeline,
    stage,
    number,
  }: { readonly pipeline: Pipeline; readonly stage: StageDescription; readonly number: number },
  { ec2, sfn }: Pick<DeployClients, "ec2" | "sfn">,
  deployment: Deployment = {},
): Promise<StageDescription> {
  const versions: [string, string][] = [];
  for (const { name } of pipeline.activities) {
    const { LaunchTemplateVersion } = await ec2.send(
      new CreateLaunchTemplateVersionCommand({
        LaunchTemplateName: stage.launchTemplates[name],
        LaunchTemplateData: { ImageId: "ami-00000000", InstanceInitiatedShutdownBehavior: "terminate" },
        VersionDescription: `deployment ${number}`,
      }),
    );
    versions.push([name, String(LaunchTemplateVersion?.VersionNumber)]);
  }
  const definition = { ...definitionOf(pipeline, stage, deployment), Comment: `deployment ${number}` };
  await sfn.send(
    new UpdateStateMachineCommand({
      stateMachineArn: stage.stateMachineArn,
      definition: JSON.stringify(definition),
    }),
  );
  return { ...stage, launchTemplateVersions: Object.fromEntries(versions) };
}
