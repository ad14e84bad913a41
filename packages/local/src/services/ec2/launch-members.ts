import { ignored, type OperationMembers, oneOf, only, within, working } from "../../protocol/member-rules.ts";

const NO_VOLUMES = ignored("nothing is stored on volumes here: an instance is a process of this machine");
const NO_BILL = ignored("nothing is paid here, so no price is too high");

export const TAGS: OperationMembers = within("TagSpecification", working("ResourceType", "Tag.Key", "Tag.Value"));

/** What RunInstances and launch templates say of the instances to come. */
export const LAUNCH: OperationMembers = {
  ...working("ImageId", "InstanceType", "KeyName", "UserData", "SecurityGroupId", "SecurityGroup"),
  ...TAGS,
  InstanceInitiatedShutdownBehavior: oneOf("stop", "terminate"),
  ...within("IamInstanceProfile", working("Arn", "Name")),
  ...within("InstanceMarketOptions", {
    MarketType: {
      does: "works",
      values: ["spot", "capacity-block", "interruptible-capacity-reservation"],
      only: ["spot"],
    },
    "SpotOptions.MaxPrice": NO_BILL,
    "SpotOptions.SpotInstanceType": only("one-time"),
    "SpotOptions.InstanceInterruptionBehavior": only("terminate"),
  }),
  ...within("Placement", { ...working("AvailabilityZone"), Tenancy: only("default") }),
  ...within("NetworkInterface", {
    ...working("SubnetId", "SecurityGroupId"),
    DeviceIndex: only("0"),
    AssociatePublicIpAddress: ignored("no address here is public"),
    DeleteOnTermination: ignored("an interface is not kept"),
  }),
  ...within("BlockDeviceMapping", {
    ...working("DeviceName"),
    ...within("Ebs", {
      ...working("VolumeSize"),
      VolumeType: NO_VOLUMES,
      Iops: NO_VOLUMES,
      Throughput: NO_VOLUMES,
      Encrypted: NO_VOLUMES,
      KmsKeyId: NO_VOLUMES,
      DeleteOnTermination: NO_VOLUMES,
      VolumeInitializationRate: NO_VOLUMES,
    }),
  }),
  ...within("MetadataOptions", {
    HttpTokens: oneOf("optional", "required"),
    InstanceMetadataTags: oneOf("enabled", "disabled"),
    HttpEndpoint: only("enabled"),
    HttpProtocolIpv6: only("disabled"),
    HttpPutResponseHopLimit: ignored("the way to an instance's own metadata service has no hops"),
  }),
  EbsOptimized: NO_VOLUMES,
  "Monitoring.Enabled": ignored("instances have no metrics here, whether detailed or not"),
  "CreditSpecification.CpuCredits": ignored("CPU is not metered here"),
  "MaintenanceOptions.AutoRecovery": ignored("there is no other hardware to recover on"),
  "CapacityReservationSpecification.CapacityReservationPreference": only("open", "none"),
  "HibernationOptions.Configured": only("false"),
  "EnclaveOptions.Enabled": only("false"),
  DisableApiTermination: only("false"),
  DisableApiStop: only("false"),
};

const MARKET: OperationMembers = {
  ...working("MinTargetCapacity", "SingleInstanceType", "SingleAvailabilityZone"),
  MaxTotalPrice: NO_BILL,
};

const ONLY_MAINTAINED = only("false");

/** What CreateFleet takes, which is about fleets of type `instant`. */
export const FLEET: OperationMembers = {
  ...working("ClientToken"),
  ...TAGS,
  Type: {
    does: "works",
    values: ["request", "maintain", "instant"],
    only: ["instant"],
    code: "InvalidParameterValue",
  },
  ...within("TargetCapacitySpecification", {
    ...working("TotalTargetCapacity", "OnDemandTargetCapacity", "SpotTargetCapacity"),
    DefaultTargetCapacityType: only("spot", "on-demand"),
    TargetCapacityUnitType: only("units"),
  }),
  ...within("SpotOptions", {
    ...MARKET,
    AllocationStrategy: {
      does: "works",
      values: [
        "lowest-price",
        "diversified",
        "capacity-optimized",
        "capacity-optimized-prioritized",
        "price-capacity-optimized",
      ],
      only: ["lowest-price", "capacity-optimized", "capacity-optimized-prioritized", "price-capacity-optimized"],
    },
    InstanceInterruptionBehavior: only("terminate"),
  }),
  ...within("OnDemandOptions", { ...MARKET, AllocationStrategy: oneOf("lowest-price", "prioritized") }),
  ...within("LaunchTemplateConfigs", {
    ...within(
      "LaunchTemplateSpecification",
      working("LaunchTemplateId", "LaunchTemplateName", "Version", "LaunchTemplateSpecificationUserData"),
    ),
    ...within("Overrides", {
      ...working("InstanceType", "SubnetId", "AvailabilityZone", "ImageId", "WeightedCapacity", "Priority"),
      MaxPrice: NO_BILL,
    }),
  }),
  TerminateInstancesWithExpiration: ONLY_MAINTAINED,
  ReplaceUnhealthyInstances: ONLY_MAINTAINED,
};
