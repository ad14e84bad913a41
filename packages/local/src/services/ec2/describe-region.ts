import { AwsError } from "../../aws-error.ts";
import type { Ec2Context } from "./ec2-context.ts";
import { type Filter, passesFilters } from "./filters.ts";
import { architectureOf } from "./instance.ts";
import { describeInstanceType, spotPrice } from "./instance-type.ts";
import type { Subnet } from "./network.ts";
import { type PageRequest, pageOf } from "./paging.ts";
import { publicImage } from "./plan-launch.ts";

interface DescribeInput extends PageRequest {
  readonly Filter?: readonly Filter[];
}

/** Operations about what a region offers: its default network, instance types and prices. */
export const describeRegionOperations = (context: Ec2Context) => ({
  ...zoneOperations(context),
  ...networkOperations(context),
  ...imageOperations(context),
  ...instanceTypeOperations(context),
});

function zoneOperations({ network, region }: Ec2Context) {
  return {
    DescribeRegions: () => ({
      regionInfo: [
        { regionName: region, regionEndpoint: `ec2.${region}.amazonaws.com`, optInStatus: "opt-in-not-required" },
      ],
    }),

    DescribeAvailabilityZones(input: DescribeInput & { ZoneName?: readonly string[] }) {
      for (const zone of input.ZoneName ?? []) network.subnetOfZone(zone);
      const zones = network.subnets
        .filter(({ availabilityZone }) => input.ZoneName?.includes(availabilityZone) ?? true)
        .filter(({ availabilityZone, zoneId }) =>
          passesFilters(input.Filter, (name) =>
            valueIn(
              {
                "zone-name": availabilityZone,
                "zone-id": zoneId,
                state: "available",
                "region-name": region,
                "zone-type": "availability-zone",
              },
              name,
            ),
          ),
        );
      return {
        availabilityZoneInfo: zones.map(({ availabilityZone, zoneId }) => ({
          zoneState: "available",
          regionName: region,
          zoneName: availabilityZone,
          zoneId,
          zoneType: "availability-zone",
          optInStatus: "opt-in-not-required",
        })),
      };
    },
  };
}

function networkOperations({ network, region, accountId }: Ec2Context) {
  return {
    DescribeVpcs(input: DescribeInput & { VpcId?: readonly string[] }) {
      const unknown = input.VpcId?.find((id) => id !== network.vpcId);
      if (unknown !== undefined) throw new AwsError("InvalidVpcID.NotFound", `The vpc ID '${unknown}' does not exist`);
      const vpc = {
        vpcId: network.vpcId,
        state: "available",
        cidrBlock: "172.31.0.0/16",
        isDefault: true,
        ownerId: accountId,
        instanceTenancy: "default",
        tagSet: [],
      };
      const matches = passesFilters(input.Filter, (name) =>
        valueIn(
          { "vpc-id": vpc.vpcId, "is-default": "true", isDefault: "true", state: vpc.state, cidr: vpc.cidrBlock },
          name,
        ),
      );
      return { vpcSet: matches ? [vpc] : [] };
    },

    DescribeSubnets(input: DescribeInput & { SubnetId?: readonly string[] }) {
      const chosen = input.SubnetId?.map((id) => network.subnet(id)) ?? network.subnets;
      const matching = chosen.filter((subnet) =>
        passesFilters(input.Filter, (name) => subnetFilterValues(subnet, name)),
      );
      const { page, nextToken } = pageOf(matching, input);
      return { subnetSet: page.map((subnet) => renderSubnet(subnet, region, accountId)), nextToken };
    },

    DescribeSecurityGroups(input: DescribeInput & { GroupId?: readonly string[]; GroupName?: readonly string[] }) {
      const group = {
        ownerId: accountId,
        groupId: network.securityGroupId,
        groupName: "default",
        groupDescription: "default VPC security group",
        vpcId: network.vpcId,
        ipPermissions: [],
        ipPermissionsEgress: [],
        tagSet: [],
      };
      const unknown =
        input.GroupId?.find((id) => id !== group.groupId) ?? input.GroupName?.find((name) => name !== group.groupName);
      if (unknown !== undefined)
        throw new AwsError("InvalidGroup.NotFound", `The security group '${unknown}' does not exist`);
      const matches = passesFilters(input.Filter, (name) =>
        valueIn({ "group-id": group.groupId, "group-name": group.groupName, "vpc-id": group.vpcId }, name),
      );
      return { securityGroupInfo: matches ? [group] : [] };
    },
  };
}

function imageOperations({ accountId }: Ec2Context) {
  return {
    /** Every image exists, because nothing on this machine boots from one. */
    DescribeImages(input: { ImageId?: readonly string[] }) {
      const images = input.ImageId ?? [publicImage("/aws/service/default")];
      return {
        imagesSet: images.map((imageId) => ({
          imageId,
          name: imageId,
          imageState: "available",
          imageOwnerId: accountId,
          architecture: "x86_64",
          rootDeviceName: "/dev/sda1",
          rootDeviceType: "ebs",
          isPublic: true,
        })),
      };
    },
  };
}

function instanceTypeOperations({ network, region, clock, lifecycle }: Ec2Context) {
  const hours = (ms: number) => Math.floor(ms / 3_600_000) * 3_600_000;
  const instanceTypesIn = (names: readonly string[] | undefined) => {
    const inUse = new Set(lifecycle.visible().map(({ instanceType }) => instanceType));
    return (names ?? [...inUse].sort()).map(describeInstanceType);
  };
  return {
    /** Without names, the types in use: any well-formed name is a type here. */
    DescribeInstanceTypes(input: PageRequest & { InstanceType?: readonly string[] }) {
      const { page, nextToken } = pageOf(instanceTypesIn(input.InstanceType), input);
      const instanceTypeSet = page.map(({ name, vcpus, memoryMib }) => ({
        instanceType: name,
        currentGeneration: true,
        supportedUsageClasses: ["on-demand", "spot"],
        processorInfo: { supportedArchitectures: [architectureOf(name)] },
        vCpuInfo: {
          defaultVCpus: vcpus,
          defaultCores: Math.max(1, vcpus / 2),
          defaultThreadsPerCore: vcpus === 1 ? 1 : 2,
        },
        memoryInfo: { sizeInMiB: memoryMib },
      }));
      return { instanceTypeSet, nextToken };
    },

    DescribeInstanceTypeOfferings(input: DescribeInput & { LocationType?: string }) {
      const locationType = input.LocationType ?? "region";
      const locations =
        locationType === "region"
          ? [region]
          : network.subnets.map((subnet) =>
              locationType === "availability-zone" ? subnet.availabilityZone : subnet.zoneId,
            );
      const names = input.Filter?.find(({ Name }) => Name === "instance-type")?.Value;
      const offerings = instanceTypesIn(names)
        .flatMap(({ name: instanceType }) => locations.map((location) => ({ instanceType, locationType, location })))
        .filter((offering) =>
          passesFilters(input.Filter, (name) =>
            valueIn({ "instance-type": offering.instanceType, location: offering.location }, name),
          ),
        );
      const { page, nextToken } = pageOf(offerings, input);
      return { instanceTypeOfferingSet: page, nextToken };
    },

    DescribeSpotPriceHistory(input: DescribeInput & { InstanceType?: readonly string[]; AvailabilityZone?: string }) {
      const history = instanceTypesIn(input.InstanceType).flatMap((type) =>
        network.subnets
          .filter(({ availabilityZone }) => (input.AvailabilityZone ?? availabilityZone) === availabilityZone)
          .map(({ availabilityZone, zoneIndex }) => ({
            instanceType: type.name,
            productDescription: "Linux/UNIX",
            spotPrice: spotPrice(type, zoneIndex).toFixed(6),
            timestamp: new Date(hours(clock.now())),
            availabilityZone,
          })),
      );
      const { page, nextToken } = pageOf(history, input, { least: 1 });
      return { spotPriceHistorySet: page, nextToken };
    },
  };
}

function valueIn(values: Readonly<Record<string, string>>, filterName: string): readonly string[] | undefined {
  const value = Object.hasOwn(values, filterName) ? values[filterName] : undefined;
  return value === undefined ? undefined : [value];
}

function subnetFilterValues(subnet: Subnet, filterName: string): readonly string[] | undefined {
  const { subnetId, vpcId, availabilityZone, zoneId, cidrBlock } = subnet;
  if (filterName.startsWith("tag:") || filterName === "tag-key") return [];
  return valueIn(
    {
      "subnet-id": subnetId,
      "vpc-id": vpcId,
      "availability-zone": availabilityZone,
      availabilityZone,
      "availability-zone-id": zoneId,
      "default-for-az": "true",
      "cidr-block": cidrBlock,
      state: "available",
    },
    filterName,
  );
}

function renderSubnet(subnet: Subnet, region: string, accountId: string): Record<string, unknown> {
  return {
    subnetId: subnet.subnetId,
    subnetArn: `arn:aws:ec2:${region}:${accountId}:subnet/${subnet.subnetId}`,
    state: "available",
    ownerId: accountId,
    vpcId: subnet.vpcId,
    cidrBlock: subnet.cidrBlock,
    availableIpAddressCount: 4091,
    availabilityZone: subnet.availabilityZone,
    availabilityZoneId: subnet.zoneId,
    defaultForAz: true,
    mapPublicIpOnLaunch: true,
    assignIpv6AddressOnCreation: false,
    tagSet: [],
  };
}
