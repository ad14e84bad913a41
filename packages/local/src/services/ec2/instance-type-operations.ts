import { AwsError } from "../../aws-error.ts";
import type { Ec2Context } from "./ec2-context.ts";
import { FILTER_NAMES } from "./filter-names.ts";
import { type Filter, type Filterable, select } from "./filters.ts";
import { architectureOf } from "./instance.ts";
import { INSTANCE_TYPES } from "./instance-families.ts";
import { describeInstanceType, type InstanceType, isBurstable, spotPrice } from "./instance-type.ts";
import { type PageRequest, pageOf } from "./paging.ts";

interface DescribeInput extends PageRequest {
  readonly Filter?: readonly Filter[];
}

interface Offering {
  readonly instanceType: string;
  readonly locationType: string;
  readonly location: string;
}

interface Price {
  readonly instanceType: string;
  readonly productDescription: string;
  readonly spotPrice: string;
  readonly timestamp: Date;
  readonly availabilityZone: string;
  readonly availabilityZoneId: string;
}

const isMetal = ({ name }: InstanceType) => name.includes(".metal");
const threads = ({ vcpus }: InstanceType) => (vcpus === 1 ? 1 : 2);
const cores = ({ vcpus }: InstanceType) => Math.max(1, vcpus / 2);

const TYPES: Filterable<InstanceType> = {
  names: FILTER_NAMES.DescribeInstanceTypes,
  values: (type) => ({
    "bare-metal": isMetal(type),
    "burstable-performance-supported": isBurstable(type.name),
    "current-generation": true,
    "instance-type": type.name,
    "memory-info.size-in-mib": type.memoryMib,
    "processor-info.supported-architecture": architectureOf(type.name),
    "supported-root-device-type": "ebs",
    "supported-usage-class": ["on-demand", "spot"],
    "supported-virtualization-type": "hvm",
    "vcpu-info.default-cores": cores(type),
    "vcpu-info.default-threads-per-core": threads(type),
    "vcpu-info.default-vcpus": type.vcpus,
  }),
};

const OFFERINGS: Filterable<Offering> = {
  names: FILTER_NAMES.DescribeInstanceTypeOfferings,
  values: ({ instanceType, location }) => ({ "instance-type": instanceType, location }),
};

const PRICES: Filterable<Price> = {
  names: FILTER_NAMES.DescribeSpotPriceHistory,
  values: (price) => ({
    "availability-zone": price.availabilityZone,
    "availability-zone-id": price.availabilityZoneId,
    "instance-type": price.instanceType,
    "product-description": price.productDescription,
    "spot-price": price.spotPrice,
    timestamp: price.timestamp.toISOString(),
  }),
};

/** What a region has to run instances on, and at which price. */
export function instanceTypeOperations({ network, region, clock, lifecycle }: Ec2Context) {
  const hours = (ms: number) => Math.floor(ms / 3_600_000) * 3_600_000;
  const instanceTypesIn = (names: readonly string[] | undefined): InstanceType[] => {
    const unknown = names?.filter((name) => !INSTANCE_TYPES.includes(name)) ?? [];
    if (unknown.length > 0)
      throw new AwsError(
        "InvalidInstanceType",
        `The following supplied instance types do not exist: [${unknown.join(", ")}]`,
      );
    return (names ?? INSTANCE_TYPES).map(describeInstanceType);
  };
  return {
    DescribeInstanceTypes(input: DescribeInput & { InstanceType?: readonly string[] }) {
      const { page, nextToken } = pageOf(select(instanceTypesIn(input.InstanceType), input.Filter, TYPES), input);
      return { instanceTypeSet: page.map(renderType), nextToken };
    },

    DescribeInstanceTypeOfferings(input: DescribeInput & { LocationType?: string }) {
      const locationType = input.LocationType ?? "region";
      const locations =
        locationType === "region"
          ? [region]
          : network.subnets.map((subnet) =>
              locationType === "availability-zone" ? subnet.availabilityZone : subnet.zoneId,
            );
      const offerings = INSTANCE_TYPES.flatMap((instanceType) =>
        locations.map((location) => ({ instanceType, locationType, location })),
      );
      const { page, nextToken } = pageOf(select(offerings, input.Filter, OFFERINGS), input);
      return { instanceTypeOfferingSet: page, nextToken };
    },

    /** Without names, of the types in use. */
    DescribeSpotPriceHistory(input: DescribeInput & { InstanceType?: readonly string[]; AvailabilityZone?: string }) {
      const { AvailabilityZone: zone } = input;
      const subnets = zone === undefined ? network.subnets : [network.subnetOfZone(zone)];
      const inUse = new Set(lifecycle.visible().map(({ instanceType }) => instanceType));
      const history = instanceTypesIn(input.InstanceType ?? [...inUse].sort()).flatMap((type) =>
        subnets.map(({ availabilityZone, zoneId, zoneIndex }) => ({
          instanceType: type.name,
          productDescription: "Linux/UNIX",
          spotPrice: spotPrice(type, zoneIndex).toFixed(6),
          timestamp: new Date(hours(clock.now())),
          availabilityZone,
          availabilityZoneId: zoneId,
        })),
      );
      const { page, nextToken } = pageOf(select(history, input.Filter, PRICES), input, { least: 1 });
      return { spotPriceHistorySet: page, nextToken };
    },
  };
}

const renderType = (type: InstanceType) => ({
  instanceType: type.name,
  currentGeneration: true,
  bareMetal: isMetal(type),
  burstablePerformanceSupported: isBurstable(type.name),
  supportedUsageClasses: ["on-demand", "spot"],
  supportedRootDeviceTypes: ["ebs"],
  supportedVirtualizationTypes: ["hvm"],
  processorInfo: { supportedArchitectures: [architectureOf(type.name)] },
  vCpuInfo: { defaultVCpus: type.vcpus, defaultCores: cores(type), defaultThreadsPerCore: threads(type) },
  memoryInfo: { sizeInMiB: type.memoryMib },
});
