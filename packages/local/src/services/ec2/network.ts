import { createHash } from "node:crypto";
import { AwsError } from "../../aws-error.ts";

export interface Subnet {
  readonly subnetId: string;
  readonly vpcId: string;
  readonly availabilityZone: string;
  readonly zoneId: string;
  readonly zoneIndex: number;
  readonly cidrBlock: string;
}

/** A region's default network, as a new AWS account has it: one VPC with one subnet in each zone. Ids are the same on every machine. */
export interface Network {
  readonly vpcId: string;
  readonly securityGroupId: string;
  readonly subnets: readonly Subnet[];
  /** Where an instance goes that does not say. */
  readonly anySubnet: Subnet;
  /** Throws `InvalidVpcID.Malformed` or `InvalidVpcID.NotFound` for any but this one. */
  checkVpc(vpcId: string): void;
  /** Throws `InvalidSubnetID.Malformed` or `InvalidSubnetID.NotFound`. */
  subnet(subnetId: string): Subnet;
  /** The default subnet of a zone; throws for a zone that this region does not have. */
  subnetOfZone(availabilityZone: string): Subnet;
}

const FIRST_ZONE = "a";
const OTHER_ZONES = ["b", "c", "d"];

export function defaultNetwork(region: string): Network {
  const idOf = (prefix: string, name: string) =>
    `${prefix}-${createHash("sha256").update(`${region}/${name}`).digest("hex").slice(0, 17)}`;
  const vpcId = idOf("vpc", "default");
  const subnetAt = (letter: string, zoneIndex: number): Subnet => ({
    subnetId: idOf("subnet", letter),
    vpcId,
    availabilityZone: region + letter,
    zoneId: `${zoneIdPrefix(region)}-az${zoneIndex + 1}`,
    zoneIndex,
    cidrBlock: `172.31.${zoneIndex * 16}.0/20`,
  });
  const anySubnet = subnetAt(FIRST_ZONE, 0);
  const subnets = [anySubnet, ...OTHER_ZONES.map((letter, index) => subnetAt(letter, index + 1))];
  return {
    vpcId,
    securityGroupId: idOf("sg", "default"),
    subnets,
    anySubnet,
    checkVpc(id) {
      if (!/^vpc-([0-9a-f]{8}|[0-9a-f]{17})$/.test(id))
        throw new AwsError("InvalidVpcID.Malformed", `Invalid id: "${id}" (expecting "vpc-...")`);
      if (id !== vpcId) throw new AwsError("InvalidVpcID.NotFound", `The vpc ID '${id}' does not exist`);
    },
    subnet(subnetId) {
      // Of subnets, EC2 takes whatever begins right for an id.
      if (!subnetId.startsWith("subnet-"))
        throw new AwsError("InvalidSubnetID.Malformed", `Invalid id: "${subnetId}" (expecting "subnet-...")`);
      const found = subnets.find((subnet) => subnet.subnetId === subnetId);
      if (found !== undefined) return found;
      throw new AwsError("InvalidSubnetID.NotFound", `The subnet ID '${subnetId}' does not exist`);
    },
    subnetOfZone(zone) {
      const found = subnets.find(({ availabilityZone, zoneId }) => availabilityZone === zone || zoneId === zone);
      if (found !== undefined) return found;
      throw new AwsError("InvalidParameterValue", `Invalid availability zone: [${zone}]`);
    },
  };
}

/** us-west-2 → usw2 */
function zoneIdPrefix(region: string): string {
  const [area = "", direction = "", number = ""] = region.split("-");
  return area + direction.charAt(0) + number;
}
