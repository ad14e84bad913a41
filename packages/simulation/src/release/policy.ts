import type { Flow, Pipeline, Policy, StageDescription } from "@muster/pipeline";
import { predecessor } from "../predecessor/predecessor.ts";
import type { Deployment } from "../world/deployment.ts";

/** How a release is worked off, as far as it is otherwise than its pipeline and its stage say. */
export interface ReleasePolicy {
  /** As people call it. */
  readonly name: string;
  /** `predecessor`: the system that Muster replaced. */
  readonly system: "muster" | "predecessor";
  /** `always`: spot first for every step, on demand where there is none; `never`: on demand alone. */
  readonly spot?: "always" | "never";
  /** What of the stage's policy is otherwise. */
  readonly stage?: Partial<Policy>;
  /** Most workers at once over all steps. */
  readonly maxWorkers?: number;
  /** Instance types, best first, by step. */
  readonly instanceTypes?: Readonly<Record<string, readonly [string, ...string[]]>>;
}

export const musterDefault: ReleasePolicy = { name: "muster", system: "muster" };
export const predecessorsPolicy: ReleasePolicy = { name: "predecessor", system: "predecessor" };

/** The pipeline with the machines that the policy gives it. */
export function pipelineUnder(policy: ReleasePolicy, pipeline: Pipeline): Pipeline {
  const { spot, instanceTypes = {} } = policy;
  const market = { always: "spot-then-on-demand", never: "on-demand" } as const;
  const worker = ({ name, worker: own }: Pipeline["activities"][number]) => ({
    ...own,
    ...(spot !== undefined && { market: market[spot] }),
    ...(instanceTypes[name] !== undefined && { instanceTypes: instanceTypes[name] }),
  });
  return mapActivities(pipeline, (activity) => ({ ...activity, worker: worker(activity) }));
}

type OneActivity = Pipeline["activities"][number];

/** What a pipeline's activities are is in its list and in its flow. */
function mapActivities(pipeline: Pipeline, map: (activity: OneActivity) => OneActivity): Pipeline {
  const mapped = new Map(pipeline.activities.map((activity) => [activity.name, map(activity)]));
  const walk = (flow: Flow): Flow => {
    switch (flow.kind) {
      case "activity":
        return mapped.get(flow.name) as OneActivity;
      case "approval":
        return flow;
      case "sequence":
        return { ...flow, steps: flow.steps.map(walk) };
      case "parallel":
        return { ...flow, branches: flow.branches.map(walk) };
      case "forEachPlatform":
      case "forEachVersion":
        return { ...flow, body: walk(flow.body) };
      default:
        return flow satisfies never;
    }
  };
  return { ...pipeline, activities: [...mapped.values()], flow: walk(pipeline.flow) as Pipeline["flow"] };
}

/** The stage as the policy has it; the predecessor knows none of what a stage may choose. */
export function stageUnder(
  { system, maxWorkers, stage: chosen }: ReleasePolicy,
  stage: Partial<StageDescription>,
): Partial<StageDescription> {
  return {
    ...stage,
    policy: system === "predecessor" ? {} : { ...stage.policy, ...chosen },
    ...(maxWorkers !== undefined && { maxWorkers }),
  };
}

export const deploymentUnder = ({ system }: ReleasePolicy): Deployment | undefined =>
  system === "predecessor" ? predecessor : undefined;
