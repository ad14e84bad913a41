/** What RunInstances, launch templates and CreateFleet share, as the query protocol spells it. */
export interface LaunchSpecification {
  readonly ImageId?: string;
  readonly InstanceType?: string;
  readonly KeyName?: string;
  /** Base64. */
  readonly UserData?: string;
  readonly SubnetId?: string;
  readonly SecurityGroupId?: readonly string[];
  /** By name; only of the default VPC, and without a subnet. */
  readonly SecurityGroup?: readonly string[];
  readonly NetworkInterface?: readonly {
    readonly SubnetId?: string;
    readonly SecurityGroupId?: readonly string[];
    readonly NetworkCardIndex?: string;
  }[];
  readonly IamInstanceProfile?: { readonly Arn?: string; readonly Name?: string };
  readonly InstanceInitiatedShutdownBehavior?: string;
  readonly InstanceMarketOptions?: { readonly MarketType?: string };
  readonly Placement?: { readonly AvailabilityZone?: string };
  readonly BlockDeviceMapping?: readonly {
    readonly DeviceName?: string;
    readonly Ebs?: { readonly VolumeSize?: string };
  }[];
  readonly MetadataOptions?: {
    readonly HttpTokens?: string;
    readonly HttpEndpoint?: string;
    readonly HttpProtocolIpv4?: string;
    readonly InstanceMetadataTags?: string;
  };
  /** Kept for launch templates, and of no effect here. */
  readonly EbsOptimized?: string;
  readonly KernelId?: string;
  readonly RamDiskId?: string;
  readonly TagSpecification?: readonly TagSpecification[];
}

export interface TagSpecification {
  readonly ResourceType?: string;
  readonly Tag?: readonly { readonly Key?: string; readonly Value?: string }[];
}

/** What a request says goes before what its launch template says; tags of both are joined. Groups are one thing, however they are named. */
export function overlay(given: LaunchSpecification, request: LaunchSpecification): LaunchSpecification {
  const { SecurityGroup, SecurityGroupId, ...rest } = given;
  const ownGroups = request.SecurityGroup !== undefined || request.SecurityGroupId !== undefined;
  const template = ownGroups ? rest : given;
  const tags = [...(template.TagSpecification ?? []), ...(request.TagSpecification ?? [])];
  return { ...template, ...request, ...(tags.length > 0 && { TagSpecification: tags }) };
}
