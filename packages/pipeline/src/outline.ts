import type { Activity } from "./activity.ts";
import type { Approval } from "./approval.ts";
import { branchName, type Flow } from "./flow.ts";

/** What stands in one nested machine, in its order. */
export type Outline = readonly OutlineStep[];

export type OutlineStep =
  | Activity
  | Approval
  | { readonly kind: "getPlatforms" }
  | { readonly kind: "parallel"; readonly name: string; readonly branches: readonly OutlineBranch[] }
  | { readonly kind: "forEachPlatform"; readonly name: string; readonly steps: Outline };

export interface OutlineBranch {
  readonly name: string;
  readonly steps: Outline;
}

/**
 * A version's way, or what a build does before or after its versions, as nested machines. GetPlatformsForVersion comes
 * once, as late as it can while every forEachPlatform, and every step after one, has the platforms: directly before the
 * first step that has a forEachPlatform in it, or inside that step where it is a parallel with one such branch and
 * nothing comes after it.
 */
export function outline(body: Flow): Outline {
  return placeGetPlatforms(steps(body));
}

function steps(flow: Flow): OutlineStep[] {
  switch (flow.kind) {
    case "activity":
    case "approval":
      return [flow];
    case "sequence":
      return flow.steps.flatMap(steps);
    case "parallel":
      return [
        {
          kind: "parallel",
          name: flow.name,
          branches: flow.branches.map((branch) => ({ name: branchName(branch), steps: steps(branch) })),
        },
      ];
    case "forEachPlatform":
      return [{ kind: "forEachPlatform", name: flow.name, steps: steps(flow.body) }];
    case "forEachVersion":
      return steps(flow.body);
  }
}

function placeGetPlatforms(machine: Outline): Outline {
  const at = machine.findIndex(hasForEachPlatform);
  const step = machine[at];
  if (step === undefined) return machine;
  if (step.kind === "parallel" && at === machine.length - 1) {
    const having = step.branches.filter((branch) => branch.steps.some(hasForEachPlatform));
    if (having.length === 1) {
      const branches = step.branches.map((branch) => ({ ...branch, steps: placeGetPlatforms(branch.steps) }));
      return machine.with(at, { ...step, branches });
    }
  }
  return machine.toSpliced(at, 0, { kind: "getPlatforms" });
}

function hasForEachPlatform(step: OutlineStep): boolean {
  if (step.kind === "parallel") return step.branches.some((branch) => branch.steps.some(hasForEachPlatform));
  return step.kind === "forEachPlatform";
}
