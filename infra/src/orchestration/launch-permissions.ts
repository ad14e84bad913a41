import { WorkerTag } from "@muster/records";
import { ANY, allow, type Statement } from "../iam/policy.ts";
import { ofThisStage } from "../iam/stage-tags.ts";
import { volumeKeyStatements } from "../secrets/encryption-key.ts";
import type { StageScope } from "../stage-scope.ts";

/** What a launch names. */
export interface LaunchTargets {
  readonly subnetIds: readonly string[];
  readonly securityGroupId: string;
  /** SSM parameters of the workers' images, as patterns. */
  readonly imageParameters: readonly string[];
}

/**
 * Launching workers by CreateFleet, which EC2 carries out with its caller's permissions: it runs instances, tags what it makes, hands instances their
 * role and resolves the image's parameter. Workers can only be launched from this stage's launch templates: every launch must come from a template,
 * and of templates only those that bear the stage's tags may be used. All that a launch names carries the key `ec2:LaunchTemplate`, but for the spot
 * request.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-fleet-prerequisites.html
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html#amazonec2-RunInstances
 */
export function launchStatements(scope: StageScope, targets: LaunchTargets): Statement[] {
  const { stage, pipeline, names } = scope;
  const ec2 = (resource: string) => names.arn("ec2", resource);
  const templates = ec2("launch-template/*");
  const fromTemplates = { ArnLike: { "ec2:LaunchTemplate": templates } };
  const made = ["instance/*", "volume/*", "network-interface/*"].map(ec2);
  const images = ["image/*", "snapshot/*"].map((resource) => names.arn("ec2", resource, { account: "" }));
  const places = [
    ...targets.subnetIds.map((id) => ec2(`subnet/${id}`)),
    ec2(`security-group/${targets.securityGroupId}`),
  ];
  return [
    allow(
      "CreateFleet",
      ["ec2:CreateFleet"],
      [
        ...["fleet/*", "instance/*", "volume/*"].map(ec2),
        names.arn("ec2", "image/*", { account: "" }),
        ...targets.subnetIds.map((id) => ec2(`subnet/${id}`)),
      ],
    ),
    allow("RunWorkers", ["ec2:RunInstances"], made, fromTemplates),
    // A request for spot capacity does not tell its template; the instance that it gets does.
    allow("RequestSpot", ["ec2:RunInstances"], [ec2("spot-instances-request/*")]),
    allow("RunFrom", ["ec2:RunInstances"], [...images, ...places], fromTemplates),
    allow("UseTemplates", ["ec2:CreateFleet", "ec2:RunInstances"], [templates], ofThisStage(scope)),
    allow(
      "TagAtBirth",
      ["ec2:CreateTags"],
      ["instance/*", "volume/*", "fleet/*", "spot-instances-request/*"].map(ec2),
      {
        StringEquals: {
          "ec2:CreateAction": ["CreateFleet", "RunInstances"],
          [`aws:RequestTag/${WorkerTag.stage}`]: stage.name,
          [`aws:RequestTag/${WorkerTag.pipeline}`]: pipeline.name,
        },
      },
    ),
    allow("HandOverRoles", ["iam:PassRole"], [names.workerRoleArns], {
      StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" },
    }),
    allow(
      "ResolveImages",
      ["ssm:GetParameters"],
      targets.imageParameters.map((name) => parameterArn(name, { names })),
    ),
    ...volumeKeyStatements(scope),
    // Listing instances names no resource.
    allow("SeeWorkers", ["ec2:DescribeInstances"], ANY),
    allow("ReadConsoles", ["ec2:GetConsoleOutput"], [ec2("instance/*")], {
      StringEquals: { [`aws:ResourceTag/${WorkerTag.stage}`]: stage.name },
    }),
  ];
}

/** AWS's public parameters belong to no account. @see https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters.html */
function parameterArn(name: string, { names }: Pick<StageScope, "names">): string {
  const path = `parameter/${name.replace(/^\//, "")}`;
  return names.arn("ssm", path, name.startsWith("/aws/service/") ? { account: "" } : {});
}
