import { DefaultSecurityGroup } from "@cdktf/provider-aws/lib/default-security-group/index.js";
import { Eip } from "@cdktf/provider-aws/lib/eip/index.js";
import { InternetGateway } from "@cdktf/provider-aws/lib/internet-gateway/index.js";
import { NatGateway } from "@cdktf/provider-aws/lib/nat-gateway/index.js";
import { Route } from "@cdktf/provider-aws/lib/route/index.js";
import { RouteTable } from "@cdktf/provider-aws/lib/route-table/index.js";
import { RouteTableAssociation } from "@cdktf/provider-aws/lib/route-table-association/index.js";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group/index.js";
import { Subnet } from "@cdktf/provider-aws/lib/subnet/index.js";
import { Vpc } from "@cdktf/provider-aws/lib/vpc/index.js";
import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint/index.js";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule/index.js";
import type { StageDescription } from "@muster/pipeline";
import { Fn } from "cdktf";
import type { StageScope } from "../stage-scope.ts";
import type { Stage } from "../stage-settings.ts";
import { createFlowLog } from "./flow-log.ts";
import { warnOfMissingZones } from "./missing-zones.ts";

/** Where workers run. */
export interface Network {
  readonly subnets: StageDescription["subnets"];
  readonly securityGroupId: string;
  /** Whether a worker gets an address of the internet, to call out. */
  readonly publicAddresses: boolean;
}

export function createNetwork(scope: StageScope): Network {
  const { network } = scope.stage;
  if (network.kind === "existing") {
    const { vpcId, subnets, publicAddresses } = network;
    return { subnets, publicAddresses, securityGroupId: createWorkerGroup(scope, vpcId) };
  }
  const { vpc, subnets } = createOwnNetwork(scope, network);
  return {
    subnets,
    publicAddresses: network.egress === "public-addresses",
    securityGroupId: createWorkerGroup(scope, vpc.id),
  };
}

/** Nothing comes in: workers fetch their tasks, and people reach them through Session Manager. */
function createWorkerGroup({ stack, names }: StageScope, vpcId: string): string {
  const group = new SecurityGroup(stack, "workers", {
    name: names.of("Workers", 255),
    description: "Workers: call out, nothing comes in",
    vpcId,
  });
  // AWS's services have no fixed addresses, and package mirrors are anywhere.
  new VpcSecurityGroupEgressRule(stack, "workers_egress", {
    securityGroupId: group.id,
    description: "AWS, source repositories and package mirrors",
    ipProtocol: "-1",
    cidrIpv4: "0.0.0.0/0",
  });
  return group.id;
}

type OwnNetwork = Extract<Stage["network"], { kind: "own" }>;

function createOwnNetwork(
  scope: StageScope,
  { cidr, zones, egress }: OwnNetwork,
): { vpc: Vpc; subnets: Network["subnets"] } {
  const { stack, stage, names } = scope;
  const named = (part: string) => ({ tags: { Name: names.of(part, 255) } });
  const vpc = new Vpc(stack, "vpc", {
    cidrBlock: cidr,
    enableDnsSupport: true,
    enableDnsHostnames: true,
    ...named("Network"),
  });
  // The group that a resource gets when nobody names one lets nothing through.
  new DefaultSecurityGroup(stack, "vpc_default_group", { vpcId: vpc.id, ingress: [], egress: [] });
  createFlowLog(scope, vpc);
  const gateway = new InternetGateway(stack, "internet_gateway", { vpcId: vpc.id, ...named("Network") });

  const publicRoutes = new RouteTable(stack, "public_routes", { vpcId: vpc.id, ...named("Public") });
  new Route(stack, "public_default_route", {
    routeTableId: publicRoutes.id,
    destinationCidrBlock: "0.0.0.0/0",
    gatewayId: gateway.id,
  });
  const workerRoutes =
    egress === "nat" ? createNatRoutes(scope, { vpc, zones, cidr, publicRoutes, gateway }) : publicRoutes;

  warnOfMissingZones(scope, zones);
  const subnets = zones.map((zone) => {
    const subnet = new Subnet(stack, `workers_${zone}`, {
      vpcId: vpc.id,
      availabilityZone: zone,
      cidrBlock: sixteenth(cidr, zoneNumber(zone)),
      // Addresses come from the launch template, for workers alone.
      mapPublicIpOnLaunch: false,
      ...named(`Workers-${zone}`),
    });
    new RouteTableAssociation(stack, `workers_${zone}_routes`, { subnetId: subnet.id, routeTableId: workerRoutes.id });
    return { id: subnet.id, zone };
  });
  // Scripts, artifacts and logs stay on AWS's network, free of charge.
  new VpcEndpoint(stack, "s3_endpoint", {
    vpcId: vpc.id,
    serviceName: `com.amazonaws.${stage.region}.s3`,
    vpcEndpointType: "Gateway",
    routeTableIds: [workerRoutes.id],
    ...named("S3"),
  });
  return { vpc, subnets };
}

/** One gateway for all zones: when its zone fails, builds wait; a gateway for each zone costs as much again. */
function createNatRoutes(
  { stack, names }: StageScope,
  {
    vpc,
    zones,
    cidr,
    publicRoutes,
    gateway,
  }: { vpc: Vpc; zones: readonly string[]; cidr: string; publicRoutes: RouteTable; gateway: InternetGateway },
): RouteTable {
  const tags = { Name: names.of("Nat", 255) };
  const subnet = new Subnet(stack, "nat_subnet", {
    vpcId: vpc.id,
    availabilityZone: zones[0] as string,
    cidrBlock: sixteenth(cidr, LAST_SIXTEENTH),
    mapPublicIpOnLaunch: false,
    tags,
  });
  new RouteTableAssociation(stack, "nat_subnet_routes", { subnetId: subnet.id, routeTableId: publicRoutes.id });
  const address = new Eip(stack, "nat_address", { domain: "vpc", tags });
  const nat = new NatGateway(stack, "nat_gateway", {
    subnetId: subnet.id,
    allocationId: address.id,
    tags,
    dependsOn: [gateway],
  });
  const routes = new RouteTable(stack, "worker_routes", { vpcId: vpc.id, tags: { Name: names.of("Workers", 255) } });
  new Route(stack, "worker_default_route", {
    routeTableId: routes.id,
    destinationCidrBlock: "0.0.0.0/0",
    natGatewayId: nat.id,
  });
  return routes;
}

/** The letter decides, not the place in the list: naming one more zone moves no other's subnet. */
const zoneNumber = (zone: string): number => zone.charCodeAt(zone.length - 1) - "a".charCodeAt(0);

const LAST_SIXTEENTH = 15;
const sixteenth = (cidr: string, index: number): string => Fn.cidrsubnet(cidr, 4, index);
