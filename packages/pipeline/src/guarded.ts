import type { Approval } from "./approval.ts";
import { type Flow, topLevel } from "./flow.ts";
import type { Place } from "./place.ts";

/** An approval, with what it is asked for: once in a build, in each version, or in each platform of one. */
export type PlacedApproval = Approval & { readonly per: Place["per"] };

/** The approvals of a build's flow, in the order in which a build comes to them. */
export function approvalsOf(flow: Flow, per: Place["per"] = "build"): PlacedApproval[] {
  switch (flow.kind) {
    case "activity":
      return [];
    case "approval":
      return [{ ...flow, per }];
    case "sequence":
      return flow.steps.flatMap((step) => approvalsOf(step, per));
    case "parallel":
      return flow.branches.flatMap((branch) => approvalsOf(branch, per));
    case "forEachPlatform":
      return approvalsOf(flow.body, "platform");
    case "forEachVersion":
      return approvalsOf(flow.body, "version");
  }
}

/** What an approval guards: all that follows it in its branch, platform, version or build. Undefined where the flow has none of that name. */
export function guardedBy(flow: Flow, approval: string): readonly Flow[] | undefined {
  const steps = topLevel(flow);
  const at = steps.findIndex(({ kind, name }) => kind === "approval" && name === approval);
  if (at >= 0) return steps.slice(at + 1);
  for (const inner of steps.flatMap(machinesIn)) {
    const found = guardedBy(inner, approval);
    if (found !== undefined) return found;
  }
  return undefined;
}

function machinesIn(flow: Flow): readonly Flow[] {
  switch (flow.kind) {
    case "activity":
    case "approval":
    case "sequence":
      return [];
    case "parallel":
      return flow.branches;
    case "forEachPlatform":
    case "forEachVersion":
      return [flow.body];
  }
}
