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
  /** Throws `InvalidSubnetID.NotFound`. */
  subnet(subnetId: string): Subnet;
  /** The default subnet of a zone; throws for a zone that this region does not have. */
  subnetOfZone(availabilityZone: string): Subnet;
}

const ZONES = ["a", "b", "c", "d"];

export function defaultNetwork(region: string): Network {
  const idOf = (prefix: string, name: string) =>
    `${prefix}-${createHash("sha256").update(`${region}/${name}`).digest("hex").slice(0, 17)}`;
  const vpcId = idOf("vpc", "default");
  const subnets = ZONES.map((letter, zoneIndex) => ({
    subnetId: idOf("subnet", letter),
    vpcId,
    availabilityZone: region + letter,
    zoneId: `${zoneIdPrefix(region)}-az${zoneIndex + 1}`,
    zoneIndex,
    cidrBlock: `172.31.${zoneIndex * 16}.0/20`,
  }));
  return {
    vpcId,
    securityGroupId: idOf("sg", "default"),
    subnets,
    subnet(subnetId) {
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
