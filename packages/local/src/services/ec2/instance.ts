import type { Ec2Context } from "./ec2-context.ts";
import {
  instanceProfileIdOf,
  interfaceIdOf,
  isGone,
  macAddressOf,
  ROOT_DEVICE,
  spotRequestIdOf,
  volumeIdOf,
} from "./instance-parts.ts";

/** @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html */
export type InstanceState = "pending" | "running" | "shutting-down" | "terminated" | "stopping" | "stopped";

export type Market = "spot" | "on-demand";

/** What EC2 knows of one instance; stored as JSON. */
export interface Instance {
  readonly instanceId: string;
  readonly reservationId: string;
  readonly state: InstanceState;
  readonly stateReason?: { readonly code: string; readonly message: string };
  readonly launchMs: number;
  readonly launchIndex: number;
  /** How often it has come up. */
  readonly boots?: number;
  readonly terminatedMs?: number;
  readonly imageId: string;
  readonly instanceType: string;
  readonly market: Market;
  readonly subnetId: string;
  readonly vpcId: string;
  readonly availabilityZone: string;
  readonly privateIpAddress: string;
  readonly securityGroupIds: readonly string[];
  /** What they were called at the launch: groups keep their names. */
  readonly securityGroupNames?: readonly string[];
  /** Base64, as it was given. */
  readonly userData?: string;
  readonly keyName?: string;
  readonly instanceProfileArn?: string;
  readonly shutdownBehavior: "stop" | "terminate";
  readonly httpTokens: "optional" | "required";
  readonly instanceMetadataTags: boolean;
  readonly rootVolumeGb: number;
  readonly clientToken?: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Set two minutes before EC2 takes a spot instance back. */
  readonly interruption?: { readonly action: "terminate"; readonly atMs: number };
}

const STATE_CODES: Readonly<Record<InstanceState, number>> = {
  pending: 0,
  running: 16,
  "shutting-down": 32,
  terminated: 48,
  stopping: 64,
  stopped: 80,
};

export function renderState(name: InstanceState): { code: number; name: InstanceState } {
  return { code: STATE_CODES[name], name };
}

/** Terminated instances stay visible for an hour. */
const VISIBLE_AFTER_TERMINATION_MS = 3_600_000;

export function isVisible(instance: Instance, nowMs: number): boolean {
  return instance.terminatedMs === undefined || nowMs < instance.terminatedMs + VISIBLE_AFTER_TERMINATION_MS;
}

/** Whether it occupies capacity: what quotas count. */
export function isAlive({ state }: Instance): boolean {
  return state === "pending" || state === "running" || state === "stopping";
}

/** The instance as DescribeInstances answers it. */
export function renderInstance(
  instance: Instance,
  { accountId, securityGroups }: Pick<Ec2Context, "accountId" | "securityGroups">,
): Record<string, unknown> {
  const { state, stateReason, instanceProfileArn, instanceType } = instance;
  const groupIds = isGone(instance) ? [] : instance.securityGroupIds;
  const groupSet = groupIds.map((groupId) => ({ groupId, groupName: securityGroups.byId(groupId)?.name }));
  return {
    instanceId: instance.instanceId,
    imageId: instance.imageId,
    instanceState: renderState(state),
    privateDnsName: privateDnsName(instance),
    dnsName: "",
    reason: stateReason === undefined ? "" : stateReason.message,
    keyName: instance.keyName,
    amiLaunchIndex: instance.launchIndex,
    instanceType,
    launchTime: new Date(instance.launchMs),
    placement: { availabilityZone: instance.availabilityZone, groupName: "", tenancy: "default" },
    monitoring: { state: "disabled" },
    privateIpAddress: instance.privateIpAddress,
    sourceDestCheck: true,
    groupSet,
    ...(!isGone(instance) && {
      subnetId: instance.subnetId,
      vpcId: instance.vpcId,
      networkInterfaceSet: [renderInterface(instance, { accountId, groupSet })],
    }),
    stateReason,
    architecture: architectureOf(instanceType),
    rootDeviceType: "ebs",
    rootDeviceName: ROOT_DEVICE,
    blockDeviceMapping: isGone(instance)
      ? []
      : [
          {
            deviceName: ROOT_DEVICE,
            ebs: {
              volumeId: volumeIdOf(instance),
              status: "attached",
              deleteOnTermination: true,
              attachTime: new Date(instance.launchMs),
            },
          },
        ],
    virtualizationType: "hvm",
    ...(instance.market === "spot" && {
      instanceLifecycle: "spot",
      spotInstanceRequestId: spotRequestIdOf(instance),
    }),
    clientToken: instance.clientToken ?? "",
    tagSet: renderTags(instance.tags),
    hypervisor: "xen",
    ...(instanceProfileArn !== undefined && {
      iamInstanceProfile: { arn: instanceProfileArn, id: instanceProfileIdOf(instanceProfileArn) },
    }),
    ebsOptimized: false,
    enaSupport: true,
    enclaveOptions: { enabled: false },
    hibernationOptions: { configured: false },
    platformDetails: "Linux/UNIX",
    usageOperation: "RunInstances",
    metadataOptions: {
      state: "applied",
      httpTokens: instance.httpTokens,
      httpPutResponseHopLimit: 1,
      httpEndpoint: "enabled",
      httpProtocolIpv4: "enabled",
      httpProtocolIpv6: "disabled",
      instanceMetadataTags: instance.instanceMetadataTags ? "enabled" : "disabled",
    },
  };
}

function renderInterface(
  instance: Instance,
  { accountId, groupSet }: { accountId: string; groupSet: readonly unknown[] },
): Record<string, unknown> {
  const { privateIpAddress } = instance;
  return {
    networkInterfaceId: interfaceIdOf(instance),
    subnetId: instance.subnetId,
    vpcId: instance.vpcId,
    description: "",
    ownerId: accountId,
    status: "in-use",
    interfaceType: "interface",
    macAddress: macAddressOf(instance),
    privateIpAddress,
    privateDnsName: privateDnsName(instance),
    sourceDestCheck: true,
    groupSet,
    attachment: {
      attachmentId: `eni-attach-${instance.instanceId.slice(2)}`,
      deviceIndex: 0,
      networkCardIndex: 0,
      status: "attached",
      attachTime: new Date(instance.launchMs),
      deleteOnTermination: true,
    },
    privateIpAddressesSet: [{ primary: true, privateIpAddress, privateDnsName: privateDnsName(instance) }],
  };
}

export function renderTags(tags: Readonly<Record<string, string>>): { key: string; value: string }[] {
  return Object.entries(tags).map(([key, value]) => ({ key, value }));
}

export function privateDnsName({ privateIpAddress }: Instance): string {
  return `ip-${privateIpAddress.replaceAll(".", "-")}.local.internal`;
}

/** Graviton types have a `g` behind the generation: m7g, c6gn, t4g. */
export function architectureOf(instanceType: string): "arm64" | "x86_64" {
  return /^[a-z]+\d+[a-z]*g/.test(instanceType.replace(/^g/, "")) ? "arm64" : "x86_64";
}
