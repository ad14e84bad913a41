import { createHash } from "node:crypto";
import { AwsError } from "../../aws-error.ts";
import type { Ec2Context } from "./ec2-context.ts";
import type { Instance, Market } from "./instance.ts";
import { describeInstanceType } from "./instance-type.ts";
import { type LaunchSpecification, overlay } from "./launch-specification.ts";
import { type TemplateReference, versionOf } from "./launch-templates.ts";
import { missingParameter } from "./missing-parameter.ts";
import { tagsFor } from "./tags.ts";
import { checkUserData } from "./user-data.ts";

/** What all instances of one launch have in common; ids and addresses are still missing. */
export type LaunchPlan = Omit<
  Instance,
  "instanceId" | "reservationId" | "state" | "launchMs" | "launchIndex" | "privateIpAddress"
>;

const DEFAULT_INSTANCE_TYPE = "t3.micro";
const DEFAULT_ROOT_VOLUME_GB = 8;

/** The launch template's specification, overlaid with what the request itself says. */
export function withTemplate(
  { launchTemplates }: Ec2Context,
  template: (TemplateReference & { readonly Version?: string }) | undefined,
  request: LaunchSpecification,
): LaunchSpecification {
  if (template === undefined) return request;
  return overlay(versionOf(launchTemplates.find(template), template.Version).specification, request);
}

/** Checks a complete specification as EC2 does before it looks for capacity. */
export function planLaunch(context: Ec2Context, specification: LaunchSpecification): LaunchPlan {
  const { network, accountId } = context;
  const instanceType = describeInstanceType(specification.InstanceType ?? DEFAULT_INSTANCE_TYPE).name;
  checkUserData(specification.UserData);
  const subnetId = specification.SubnetId ?? specification.NetworkInterface?.[0]?.SubnetId;
  const zone = specification.Placement?.AvailabilityZone;
  const subnet =
    subnetId !== undefined
      ? network.subnet(subnetId)
      : zone !== undefined
        ? network.subnetOfZone(zone)
        : network.subnets[0];
  if (subnet === undefined || (zone !== undefined && zone !== subnet.availabilityZone && zone !== subnet.zoneId)) {
    throw new AwsError("InvalidParameterCombination", `The subnet ${subnetId} is not in the Availability Zone ${zone}`);
  }
  const profile = instanceProfileArn(specification, accountId);
  const shutdown = specification.InstanceInitiatedShutdownBehavior ?? "stop";
  if (shutdown !== "stop" && shutdown !== "terminate") {
    throw new AwsError("InvalidParameterValue", `Invalid value '${shutdown}' for InstanceInitiatedShutdownBehavior.`);
  }
  const { KeyName, UserData, MetadataOptions } = specification;
  return {
    imageId: resolveImage(context, specification.ImageId),
    instanceType,
    market: marketOf(specification),
    subnetId: subnet.subnetId,
    vpcId: subnet.vpcId,
    availabilityZone: subnet.availabilityZone,
    securityGroupIds: securityGroups(specification) ?? [network.securityGroupId],
    ...(UserData !== undefined && { userData: UserData }),
    ...(KeyName !== undefined && { keyName: KeyName }),
    ...(profile !== undefined && { instanceProfileArn: profile }),
    shutdownBehavior: shutdown,
    httpTokens: MetadataOptions?.HttpTokens === "optional" ? "optional" : "required",
    instanceMetadataTags: MetadataOptions?.InstanceMetadataTags === "enabled",
    rootVolumeGb: Number(specification.BlockDeviceMapping?.[0]?.Ebs?.VolumeSize ?? DEFAULT_ROOT_VOLUME_GB),
    tags: tagsFor("instance", specification.TagSpecification),
  };
}

function marketOf({ InstanceMarketOptions }: LaunchSpecification): Market {
  return InstanceMarketOptions?.MarketType === "spot" ? "spot" : "on-demand";
}

function securityGroups({ SecurityGroupId, NetworkInterface }: LaunchSpecification): readonly string[] | undefined {
  return SecurityGroupId ?? NetworkInterface?.[0]?.SecurityGroupId;
}

function instanceProfileArn(
  { IamInstanceProfile: profile }: LaunchSpecification,
  accountId: string,
): string | undefined {
  if (profile === undefined) return undefined;
  return profile.Arn ?? (profile.Name && `arn:aws:iam::${accountId}:instance-profile/${profile.Name}`);
}

/** AWS's own public parameters always have an image here; other parameters must have been put. */
function resolveImage({ ssmParameter }: Ec2Context, imageId: string | undefined): string {
  if (imageId === undefined) throw missingParameter("ImageId");
  const name = /^resolve:ssm:([^:]+)/.exec(imageId)?.[1];
  if (name === undefined) {
    if (/^ami-[0-9a-z-]+$/.test(imageId)) return imageId;
    throw new AwsError("InvalidAMIID.Malformed", `Invalid id: "${imageId}" (expecting "ami-...")`);
  }
  const value = ssmParameter(name) ?? (name.startsWith("/aws/service/") ? publicImage(name) : undefined);
  if (value !== undefined) return value;
  throw new AwsError("InvalidAMIID.NotFound", `The SSM parameter '${name}' that names the image does not exist`);
}

export function publicImage(parameterName: string): string {
  return `ami-${createHash("sha256").update(parameterName).digest("hex").slice(0, 17)}`;
}
