import {
  ignored,
  type OperationMembers,
  oneOf,
  only,
  type ServiceMembers,
  within,
  working,
} from "../../protocol/member-rules.ts";
import { FLEET, LAUNCH, TAGS } from "./launch-members.ts";

const FILTERS = working("Filter.Name", "Filter.Value");
const PAGES = working("MaxResults", "NextToken");
const TEMPLATE = working("LaunchTemplateId", "LaunchTemplateName");
const TEMPLATE_DATA = within("LaunchTemplateData", LAUNCH);
const NOT_MANAGED: OperationMembers = {
  IncludeManagedResources: ignored("no other service of AWS manages anything here"),
};
/** There is one of its kind, so that no page ends before the list. */
const ONE_PAGE: OperationMembers = { MaxResults: ignored("there is never more than one") };
const ALL_ARE_IN_USE = ignored("there is nothing that is deprecated, disabled or not opted in to");
const NO_HISTORY = ignored("prices stay as they are");
const GENTLE: OperationMembers = { Force: only("false"), SkipOsShutdown: only("false") };

const OPERATIONS: ServiceMembers = {
  RunInstances: {
    ...working("MinCount", "MaxCount", "ClientToken", "SubnetId"),
    ...within("LaunchTemplate", working("LaunchTemplateId", "LaunchTemplateName", "Version")),
    ...LAUNCH,
  },
  CreateFleet: FLEET,

  CreateLaunchTemplate: {
    ...working("LaunchTemplateName", "VersionDescription", "ClientToken"),
    ...TAGS,
    ...TEMPLATE_DATA,
  },
  CreateLaunchTemplateVersion: {
    ...TEMPLATE,
    ...working("VersionDescription", "SourceVersion", "ClientToken"),
    ...TEMPLATE_DATA,
    ResolveAlias: only("false"),
  },
  ModifyLaunchTemplate: {
    ...TEMPLATE,
    ...working("SetDefaultVersion"),
    ClientToken: ignored("to set a default again changes nothing"),
  },
  DeleteLaunchTemplate: TEMPLATE,
  DeleteLaunchTemplateVersions: { ...TEMPLATE, ...working("LaunchTemplateVersion") },
  DescribeLaunchTemplates: { ...TEMPLATE, ...FILTERS, ...PAGES, ...NOT_MANAGED },
  DescribeLaunchTemplateVersions: {
    ...TEMPLATE,
    ...working("LaunchTemplateVersion", "MinVersion", "MaxVersion"),
    ...FILTERS,
    ...PAGES,
    ...NOT_MANAGED,
    ResolveAlias: only("false"),
  },

  DescribeInstances: { ...working("InstanceId"), ...FILTERS, ...PAGES, ...NOT_MANAGED },
  DescribeInstanceStatus: { ...working("InstanceId", "IncludeAllInstances"), ...FILTERS, ...PAGES, ...NOT_MANAGED },
  DescribeInstanceAttribute: {
    ...working("InstanceId"),
    Attribute: only("userData", "instanceType", "instanceInitiatedShutdownBehavior"),
  },
  StartInstances: working("InstanceId"),
  StopInstances: { ...working("InstanceId"), ...GENTLE, Hibernate: only("false") },
  TerminateInstances: { ...working("InstanceId"), ...GENTLE },
  GetConsoleOutput: { ...working("InstanceId"), Latest: ignored("the answer is always the latest") },

  CreateKeyPair: {
    ...working("KeyName"),
    ...TAGS,
    KeyType: oneOf("rsa", "ed25519"),
    KeyFormat: { does: "works", values: ["pem", "ppk"], only: ["pem"] },
  },
  ImportKeyPair: { ...working("KeyName", "PublicKeyMaterial"), ...TAGS },
  DeleteKeyPair: working("KeyName", "KeyPairId"),
  DescribeKeyPairs: { ...working("KeyName", "KeyPairId", "IncludePublicKey"), ...FILTERS },
  CreateSecurityGroup: { ...working("GroupName", "GroupDescription", "VpcId"), ...TAGS },
  DeleteSecurityGroup: working("GroupId", "GroupName"),

  CreateTags: working("ResourceId", "Tag.Key", "Tag.Value"),
  DeleteTags: working("ResourceId", "Tag.Key", "Tag.Value"),
  DescribeTags: { ...FILTERS, ...PAGES },

  DescribeRegions: { ...FILTERS, AllRegions: ALL_ARE_IN_USE },
  DescribeAvailabilityZones: { ...working("ZoneName", "ZoneId"), ...FILTERS, AllAvailabilityZones: ALL_ARE_IN_USE },
  DescribeVpcs: { ...working("VpcId"), ...FILTERS, ...ONE_PAGE },
  DescribeSubnets: { ...working("SubnetId"), ...FILTERS, ...PAGES },
  DescribeSecurityGroups: { ...working("GroupId", "GroupName"), ...FILTERS, ...PAGES },
  DescribeImages: {
    ...working("ImageId", "Owner"),
    ...FILTERS,
    ...PAGES,
    IncludeDeprecated: ALL_ARE_IN_USE,
    IncludeDisabled: ALL_ARE_IN_USE,
  },
  DescribeInstanceTypes: {
    ...working("InstanceType"),
    ...FILTERS,
    ...PAGES,
    IncludeUnsupportedInRegion: ALL_ARE_IN_USE,
  },
  DescribeInstanceTypeOfferings: {
    ...FILTERS,
    ...PAGES,
    LocationType: {
      does: "works",
      values: ["region", "availability-zone", "availability-zone-id", "outpost"],
      only: ["region", "availability-zone", "availability-zone-id"],
    },
  },
  DescribeSpotPriceHistory: {
    ...working("InstanceType", "AvailabilityZone"),
    ...FILTERS,
    ...PAGES,
    ProductDescription: only("Linux/UNIX", "Linux/UNIX (Amazon VPC)"),
    StartTime: NO_HISTORY,
    EndTime: NO_HISTORY,
  },
};

/** What EC2 takes here; all of it takes DryRun. @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Operations.html */
export const EC2_MEMBERS: ServiceMembers = Object.fromEntries(
  Object.entries(OPERATIONS).map(([operation, members]) => [operation, { ...members, ...working("DryRun") }]),
);
