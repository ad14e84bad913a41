import type { Ec2Context } from "./ec2-context.ts";
import { FILTER_NAMES } from "./filter-names.ts";
import { type Filter, type Filterable, select } from "./filters.ts";
import type { Subnet } from "./network.ts";
import { type PageRequest, pageOf } from "./paging.ts";

interface DescribeInput extends PageRequest {
  readonly Filter?: readonly Filter[];
}

/** Operations about the region, its zones and its default network. */
export const describeRegionOperations = (context: Ec2Context) => ({
  ...zoneOperations(context),
  ...networkOperations(context),
});

function zoneOperations({ network, region }: Ec2Context) {
  const endpoint = `ec2.${region}.amazonaws.com`;
  const regions: Filterable<string> = {
    names: FILTER_NAMES.DescribeRegions,
    values: (regionName) => ({ endpoint, "opt-in-status": OPT_IN, "region-name": regionName }),
  };
  const zones: Filterable<Subnet> = {
    names: FILTER_NAMES.DescribeAvailabilityZones,
    values: ({ availabilityZone, zoneId }) => ({
      "group-name": `${region}-zg-1`,
      "opt-in-status": OPT_IN,
      "region-name": region,
      state: "available",
      "zone-id": zoneId,
      "zone-name": availabilityZone,
      "zone-type": "availability-zone",
    }),
  };
  return {
    DescribeRegions: ({ Filter }: DescribeInput) => ({
      regionInfo: select([region], Filter, regions).map((regionName) => ({
        regionName,
        regionEndpoint: endpoint,
        optInStatus: OPT_IN,
      })),
    }),

    DescribeAvailabilityZones(input: DescribeInput & { ZoneName?: readonly string[]; ZoneId?: readonly string[] }) {
      const named = [...(input.ZoneName ?? []), ...(input.ZoneId ?? [])].map((zone) => network.subnetOfZone(zone));
      const chosen = select(named.length > 0 ? named : network.subnets, input.Filter, zones);
      return {
        availabilityZoneInfo: chosen.map(({ availabilityZone, zoneId }) => ({
          zoneState: "available",
          regionName: region,
          zoneName: availabilityZone,
          zoneId,
          zoneType: "availability-zone",
          groupName: `${region}-zg-1`,
          networkBorderGroup: region,
          optInStatus: OPT_IN,
          messageSet: [],
        })),
      };
    },
  };
}

const OPT_IN = "opt-in-not-required";
const VPC_CIDR = "172.31.0.0/16";
const FREE_ADDRESSES = 4091;

function networkOperations({ network, region, accountId }: Ec2Context) {
  const vpcs: Filterable<string> = {
    names: FILTER_NAMES.DescribeVpcs,
    tags: () => ({}),
    values: (vpcId) => ({
      cidr: VPC_CIDR,
      "cidr-block-association.cidr-block": VPC_CIDR,
      "cidr-block-association.state": "associated",
      "is-default": true,
      isDefault: true,
      "owner-id": accountId,
      state: "available",
      "vpc-id": vpcId,
    }),
  };
  const subnetArn = (subnetId: string) => `arn:aws:ec2:${region}:${accountId}:subnet/${subnetId}`;
  const subnets: Filterable<Subnet> = {
    names: FILTER_NAMES.DescribeSubnets,
    tags: () => ({}),
    values: ({ subnetId, vpcId, availabilityZone, zoneId, cidrBlock }) => ({
      "availability-zone": availabilityZone,
      availabilityZone,
      "availability-zone-id": zoneId,
      availabilityZoneId: zoneId,
      "available-ip-address-count": FREE_ADDRESSES,
      "cidr-block": cidrBlock,
      cidr: cidrBlock,
      cidrBlock,
      "default-for-az": true,
      defaultForAz: true,
      "enable-dns64": false,
      "ipv6-native": false,
      "map-customer-owned-ip-on-launch": false,
      "map-public-ip-on-launch": true,
      "owner-id": accountId,
      state: "available",
      "subnet-arn": subnetArn(subnetId),
      "subnet-id": subnetId,
      "vpc-id": vpcId,
    }),
  };
  return {
    DescribeVpcs(input: DescribeInput & { VpcId?: readonly string[] }) {
      for (const id of input.VpcId ?? []) network.checkVpc(id);
      const chosen = select([network.vpcId], input.Filter, vpcs);
      return {
        vpcSet: chosen.map((vpcId) => ({
          vpcId,
          state: "available",
          cidrBlock: VPC_CIDR,
          isDefault: true,
          ownerId: accountId,
          instanceTenancy: "default",
          tagSet: [],
        })),
      };
    },

    DescribeSubnets(input: DescribeInput & { SubnetId?: readonly string[] }) {
      const chosen = input.SubnetId?.map((id) => network.subnet(id)) ?? network.subnets;
      const { page, nextToken } = pageOf(select(chosen, input.Filter, subnets), input);
      return {
        subnetSet: page.map((subnet) => renderSubnet(subnet, { subnetArn: subnetArn(subnet.subnetId), accountId })),
        nextToken,
      };
    },
  };
}

function renderSubnet(subnet: Subnet, { subnetArn, accountId }: { subnetArn: string; accountId: string }) {
  return {
    subnetId: subnet.subnetId,
    subnetArn,
    state: "available",
    ownerId: accountId,
    vpcId: subnet.vpcId,
    cidrBlock: subnet.cidrBlock,
    availableIpAddressCount: FREE_ADDRESSES,
    availabilityZone: subnet.availabilityZone,
    availabilityZoneId: subnet.zoneId,
    defaultForAz: true,
    mapPublicIpOnLaunch: true,
    assignIpv6AddressOnCreation: false,
    tagSet: [],
  };
}
