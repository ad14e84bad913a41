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
