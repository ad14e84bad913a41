import type { Clock } from "../../clock.ts";
import type { FaultSource } from "../../faults/fault-source.ts";
import type { Random } from "../../random.ts";
import type { Storage } from "../../storage/storage.ts";
import type { FaultyHardware } from "./ec2-faults.ts";
import type { InstanceLifecycle } from "./instance-lifecycle.ts";
import type { KeyPairs } from "./key-pairs.ts";
import type { LaunchTemplates } from "./launch-templates.ts";
import type { MachineMishaps } from "./machine-mishaps.ts";
import type { Network } from "./network.ts";
import type { SecurityGroups } from "./security-groups.ts";

/** Virtual CPUs that may run at a time, by market. AWS counts standard families (A, C, D, H, I, M, R, T, Z) together, and others in quotas of their own. */
export interface VcpuQuotas {
  readonly onDemand: number;
  readonly spot: number;
  /** Of other families, by the quota's code; as many as of standard ones where absent. */
  readonly others?: Readonly<Record<string, number>>;
}

/** What EC2's operations share. */
export interface Ec2Context {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly random: Random;
  readonly region: string;
  readonly accountId: string;
  readonly network: Network;
  readonly lifecycle: InstanceLifecycle;
  readonly launchTemplates: LaunchTemplates;
  readonly keyPairs: KeyPairs;
  readonly securityGroups: SecurityGroups;
  /** Ids of images that there are besides those that are always there. */
  readonly images: readonly string[];
  /** Names of instance profiles. */
  readonly instanceProfiles: readonly string[];
  readonly hardware: FaultyHardware;
  readonly mishaps: MachineMishaps;
  /** What a plan of faults says of capacity. */
  readonly source: FaultSource | undefined;
  readonly quotas: () => VcpuQuotas;
  /** New instances are not yet known everywhere: for so long nobody finds them. */
  readonly visibilityDelayMs: number;
  /** The value of a parameter of the parameter store, for images named `resolve:ssm:…`. */
  readonly ssmParameter: (name: string) => string | undefined;
}
