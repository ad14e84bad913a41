import { AwsError } from "../../aws-error.ts";
import type { Ec2Context } from "./ec2-context.ts";
import { resolveImage } from "./images.ts";
import type { Instance, Market } from "./instance.ts";
import { instanceProfileArn } from "./instance-profile.ts";
import { describeInstanceType } from "./instance-type.ts";
import { type LaunchSpecification, overlay } from "./launch-specification.ts";
import { type TemplateReference, versionOf } from "./launch-templates.ts";
import type { Subnet } from "./network.ts";
import type { SecurityGroup } from "./security-groups.ts";
import { tagsFor } from "./tags.ts";
import { checkUserData } from "./user-data.ts";

/** What all instances of one launch have in common; ids and addresses are still missing. */
export type LaunchPlan = Omit<
  Instance,
  "instanceId" | "reservationId" | "state" | "launchMs" | "launchIndex" | "privateIpAddress"
>;

/** A version of a launch template that a request named, by whatever words. */
export interface ResolvedTemplate {
  readonly id: string;
  readonly version: number;
  readonly specification: LaunchSpecification;
}

const DEFAULT_INSTANCE_TYPE = "t3.micro";
const DEFAULT_ROOT_VOLUME_GB = 8;

/** Throws for a template or a version that is not there. */
export function resolveTemplate(
  { launchTemplates }: Ec2Context,
  reference: TemplateReference & { readonly Version?: string },
): ResolvedTemplate {
  const template = launchTemplates.find(reference);
  const { number, specification } = versionOf(template, reference.Version);
  return { id: template.id, version: number, specification };
}

/** Checks what a request and its launch template say together, as EC2 does before it looks for capacity. */
export function planLaunch(context: Ec2Context, request: LaunchSpecification, template?: ResolvedTemplate): LaunchPlan {
  const specification = template === undefined ? request : overlay(template.specification, request);
  const instanceType = describeInstanceType(specification.InstanceType ?? DEFAULT_INSTANCE_TYPE).name;
  checkUserData(specification.UserData);
  const { imageId } = resolveImage(context, specification.ImageId);
  const subnet = subnetOf(context, specification);
  const profile = instanceProfileArn(specification.IamInstanceProfile, context);
  const shutdown = specification.InstanceInitiatedShutdownBehavior ?? "stop";
  if (shutdown !== "stop" && shutdown !== "terminate") {
    throw new AwsError("InvalidParameterValue", `Invalid value '${shutdown}' for InstanceInitiatedShutdownBehavior.`);
  }
  const groups = groupsOf(context, specification);
  const { KeyName, UserData, MetadataOptions } = specification;
  return {
    imageId,
    instanceType,
    market: marketOf(specification),
    subnetId: subnet.subnetId,
    vpcId: subnet.vpcId,
    availabilityZone: subnet.availabilityZone,
    securityGroupIds: groups.map(({ id }) => id),
    securityGroupNames: groups.map(({ name }) => name),
    ...(UserData !== undefined && { userData: UserData }),
    ...(KeyName !== undefined && { keyName: context.keyPairs.named(KeyName).name }),
    ...(profile !== undefined && { instanceProfileArn: profile }),
    shutdownBehavior: shutdown,
    httpTokens: MetadataOptions?.HttpTokens === "optional" ? "optional" : "required",
    instanceMetadataTags: MetadataOptions?.InstanceMetadataTags === "enabled",
    rootVolumeGb: Number(specification.BlockDeviceMapping?.[0]?.Ebs?.VolumeSize ?? DEFAULT_ROOT_VOLUME_GB),
    tags: {
      ...tagsFor("instance", specification.TagSpecification),
      ...(template !== undefined && {
        "aws:ec2launchtemplate:id": template.id,
        "aws:ec2launchtemplate:version": String(template.version),
      }),
    },
  };
}

const subnetIdOf = ({ SubnetId, NetworkInterface }: LaunchSpecification): string | undefined =>
  SubnetId ?? NetworkInterface?.[0]?.SubnetId;

/** The one that is named, or the default one of the zone. */
function subnetOf({ network }: Ec2Context, specification: LaunchSpecification): Subnet {
  const subnetId = subnetIdOf(specification);
  const zone = specification.Placement?.AvailabilityZone;
  const inZone = zone === undefined ? undefined : network.subnetOfZone(zone);
  if (subnetId === undefined) return inZone ?? network.anySubnet;
  const subnet = network.subnet(subnetId);
  if (inZone === undefined || inZone === subnet) return subnet;
  throw new AwsError("InvalidParameterCombination", `The subnet ${subnetId} is not in the Availability Zone ${zone}`);
}

function marketOf({ InstanceMarketOptions }: LaunchSpecification): Market {
  return InstanceMarketOptions?.MarketType === "spot" ? "spot" : "on-demand";
}

/** Its security groups, each of which must be there. */
function groupsOf({ securityGroups, network }: Ec2Context, specification: LaunchSpecification): SecurityGroup[] {
  const { SecurityGroup: names = [], SecurityGroupId, NetworkInterface } = specification;
  if (names.length > 0 && subnetIdOf(specification) !== undefined) {
    const message = "The parameter groupName cannot be used with the parameter subnet";
    throw new AwsError("InvalidParameterCombination", message);
  }
  const ids = SecurityGroupId ?? NetworkInterface?.[0]?.SecurityGroupId ?? [];
  const groups = [...ids.map((id) => securityGroups.withId(id)), ...names.map((name) => securityGroups.named(name))];
  if (groups.length === 0) return [securityGroups.withId(network.securityGroupId)];
  return groups.filter(({ id }, index) => groups.findIndex((group) => group.id === id) === index);
}
