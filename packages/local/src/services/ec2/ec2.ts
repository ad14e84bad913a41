import { AwsError } from "../../aws-error.ts";
import type { MachineNetwork } from "../../faults/call-path.ts";
import type { FaultSource } from "../../faults/fault-source.ts";
import { queryProtocol } from "../../protocol/query.ts";
import { type Operation, type Service, service } from "../../service.ts";
import { createFleetOperations } from "./create-fleet.ts";
import { describeInstancesOperations } from "./describe-instances.ts";
import { describeRegionOperations } from "./describe-region.ts";
import { ec2Api } from "./ec2-api.ts";
import type { Ec2Context, VcpuQuotas } from "./ec2-context.ts";
import { type Ec2Faults, faultyHardware } from "./ec2-faults.ts";
import { imageOperations } from "./images.ts";
import type { Instance } from "./instance.ts";
import { instanceLifecycle, type LifecycleOptions, SPOT_NOTICE_MS } from "./instance-lifecycle.ts";
import { instanceOperations } from "./instance-operations.ts";
import { DEFAULT_INSTANCE_PROFILE } from "./instance-profile.ts";
import { instanceTypeOperations } from "./instance-type-operations.ts";
import { keyPairOperations } from "./key-pair-operations.ts";
import { keyPairs } from "./key-pairs.ts";
import { launchTemplateOperations } from "./launch-template-operations.ts";
import { type LaunchTemplates, launchTemplates, type TemplateReference } from "./launch-templates.ts";
import { machineMishaps, noMachineMishaps } from "./machine-mishaps.ts";
import { defaultNetwork, type Network } from "./network.ts";
import { withRequestLimits } from "./request-limits.ts";
import { idleInstance, type RunInstance } from "./run-instance.ts";
import { runInstancesOperations } from "./run-instances.ts";
import { securityGroupOperations } from "./security-group-operations.ts";
import { securityGroups } from "./security-groups.ts";
import { tagOperations } from "./tag-operations.ts";

/** How the local EC2 behaves; by default as an EC2 without limits and delays. */
export interface Ec2Behaviour {
  /** From `pending` to `running`. */
  readonly bootMs?: number;
  /** From `shutting-down` to `terminated`, once what the instance ran has ended. */
  readonly shutdownMs?: number;
  /** Describe calls do not know an instance for so long after its launch. */
  readonly visibilityDelayMs?: number;
  /** A metadata service for each instance, on a port of this machine; by default there is. */
  readonly metadataService?: boolean;
  /** AWS's request buckets. */
  readonly requestLimits?: boolean;
  /** Images besides those that are always there, and the ones of AWS's public parameters. */
  readonly images?: readonly string[];
  /** Names of instance profiles besides `worker`: there is no IAM here to create them. */
  readonly instanceProfiles?: readonly string[];
}

export interface Ec2Options
  extends Omit<LifecycleOptions, "hardware" | "mishaps" | "bootMs" | "shutdownMs" | "runInstance" | "metadataService">,
    Ec2Behaviour {
  readonly runInstance?: RunInstance | undefined;
  readonly quotas: () => VcpuQuotas;
  readonly ssmParameter: (name: string) => string | undefined;
  readonly source?: FaultSource | undefined;
}

/** EC2 in the hands of whoever owns this process: what no API offers. */
export interface Ec2 {
  readonly service: Service;
  readonly network: Network;
  readonly faults: Ec2Faults;
  /** All instances that EC2 still tells about, whatever DescribeInstances already knows. */
  instances(): Instance[];
  /** Takes a spot instance back: a notice now, the end `noticeMs` later (default two minutes, as on AWS). */
  interruptSpot(instanceId: string, options?: { noticeMs?: number }): void;
  /** What a plan of faults has put between a machine and AWS; undefined for credentials of no machine. */
  networkOf(accessKeyId: string): (() => MachineNetwork) | undefined;
  /** Finds the instances terminated that a former process ran. */
  start(): void;
  close(): Promise<void>;
}

const DRY_RUN_MESSAGE = "Request would have succeeded, but DryRun flag is set.";

export function createEc2(options: Ec2Options): Ec2 {
  const { runInstance = idleInstance, bootMs = 0, shutdownMs = 0, visibilityDelayMs = 0 } = options;
  const { metadataService = true } = options;
  const hardware = faultyHardware();
  const templates = launchTemplates(options);
  const { source } = options;
  const kindOf = ({ tags, instanceType }: Instance) =>
    templates.byId(tags["aws:ec2launchtemplate:id"] ?? "")?.name ?? instanceType;
  const mishaps = source === undefined ? noMachineMishaps : machineMishaps({ source, clock: options.clock, kindOf });
  const lifecycle = instanceLifecycle({
    ...options,
    hardware,
    mishaps,
    runInstance,
    bootMs,
    shutdownMs,
    metadataService,
  });
  const network = defaultNetwork(options.region);
  const context: Ec2Context = {
    ...options,
    hardware,
    mishaps,
    source,
    lifecycle,
    network,
    launchTemplates: templates,
    keyPairs: keyPairs(options),
    securityGroups: securityGroups({ ...options, network }),
    images: options.images ?? [],
    instanceProfiles: [DEFAULT_INSTANCE_PROFILE, ...(options.instanceProfiles ?? [])],
    visibilityDelayMs,
  };
  const operations = withDryRun({
    ...runInstancesOperations(context),
    ...createFleetOperations(context),
    ...launchTemplateOperations(context),
    ...describeInstancesOperations(context),
    ...instanceOperations(context),
    ...tagOperations(context),
    ...describeRegionOperations(context),
    ...securityGroupOperations(context),
    ...keyPairOperations(context),
    ...imageOperations(context),
    ...instanceTypeOperations(context),
  });
  return {
    service: service("ec2", {
      protocol: queryProtocol({ namespace: "http://ec2.amazonaws.com/doc/2016-11-15/", dialect: "ec2" }),
      api: ec2Api,
      claims: ({ method, headers }) =>
        method === "POST" && headers["content-type"]?.startsWith("application/x-www-form-urlencoded") === true,
      subjectOf: ({ input }) => launchTemplateOf(templates, input as LaunchInput),
      operations: options.requestLimits ? withRequestLimits(operations, options.clock) : operations,
    }),
    network,
    networkOf: mishaps.networkOf,
    faults: hardware,
    instances: () => lifecycle.visible(),
    interruptSpot: (instanceId, { noticeMs = SPOT_NOTICE_MS } = {}) => lifecycle.interrupt(instanceId, noticeMs),
    start: () => lifecycle.resume(),
    close: () => lifecycle.close(),
  };
}

interface LaunchInput {
  readonly LaunchTemplate?: TemplateReference;
  readonly LaunchTemplateConfigs?: readonly { readonly LaunchTemplateSpecification?: TemplateReference }[];
}

/** The name of the launch template that a call names, however it does. */
function launchTemplateOf(
  templates: LaunchTemplates,
  { LaunchTemplate, LaunchTemplateConfigs }: LaunchInput,
): string | undefined {
  const reference = LaunchTemplate ?? LaunchTemplateConfigs?.[0]?.LaunchTemplateSpecification;
  return reference?.LaunchTemplateName ?? templates.byId(reference?.LaunchTemplateId ?? "")?.name;
}

function withDryRun(operations: Readonly<Record<string, Operation>>): Readonly<Record<string, Operation>> {
  const checked = (operation: Operation): Operation =>
    ((input: never, context) => {
      const { DryRun, ...parameters } = input as { DryRun?: string };
      if (DryRun === "true") throw new AwsError("DryRunOperation", DRY_RUN_MESSAGE, { status: 412 });
      return operation(parameters as never, context);
    }) satisfies Operation;
  return Object.fromEntries(Object.entries(operations).map(([name, operation]) => [name, checked(operation)]));
}
