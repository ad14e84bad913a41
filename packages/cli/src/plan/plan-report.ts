import type { FailedLookup, PlannedApproval } from "@muster/lambdas";
import type { BuildInput } from "@muster/pipeline";
import type { EstimatedStep, WholeBuild } from "./estimate-plan.ts";

/** What `build … --plan --json` prints. */
export interface PlanJson {
  /** What was asked for, understood. */
  readonly input: BuildInput;
  /** In the order of the flow, version by version. */
  readonly steps: readonly EstimatedStep[];
  /** Versions whose platforms could not be looked up. */
  readonly lookups: readonly FailedLookup[];
  /** What people would be asked for. */
  readonly approvals: readonly PlannedApproval[];
  readonly whole: WholeBuild;
  /** Why no records of this stage were read; null where they were. */
  readonly recordsProblem: string | null;
  /** Why EC2's quotas are not known; null where they are, and where no machine counts. */
  readonly quotasProblem: string | null;
}
