import type { Outline, OutlineStep } from "@muster/pipeline";
import { runsAlways } from "../before.ts";
import { type Fragment, type Links, prepend } from "../fragment.ts";
import type { Scope } from "../scope.ts";
import { activityStates } from "./activity.ts";
import { approvalStates } from "./approval.ts";
import { forEachPlatform } from "./for-each-platform.ts";
import { getPlatformsForVersion } from "./get-platforms-for-version.ts";
import { parallelState } from "./parallel.ts";

/**
 * Steps one after the other, then `end`.
 * @param failed where a failed step goes on at once, unless a step that runs always comes first
 */
export function machine(steps: Outline, scope: Scope, end: Fragment, failed = end.startAt): Fragment {
  const knownFrom = steps.findIndex(({ kind }) => kind === "getPlatforms");
  return steps.reduceRight(
    (following, step, index) => {
      const platforms = scope.platforms || (knownFrom >= 0 && index > knownFrom);
      const before = scope.before && { ...scope.before, here: scope.before.here || index > 0 };
      const links = { next: following.states.startAt, failed: following.failed };
      const states = prepend(stepStates(step, { ...scope, platforms, before }, links), following.states);
      // What runs always after it wants to know the platforms.
      const leadsThere = step.kind === "getPlatforms" && following.failed !== failed;
      return { states, failed: runsAlways(step) || leadsThere ? states.startAt : following.failed };
    },
    { states: end, failed },
  ).states;
}

function stepStates(step: OutlineStep, scope: Scope, links: Links): Fragment {
  switch (step.kind) {
    case "activity":
      return activityStates(step, scope, links);
    case "approval":
      return approvalStates(step, scope, links);
    case "getPlatforms":
      return getPlatformsForVersion(scope, links);
    case "parallel":
      return parallelState(step, scope, links);
    case "forEachPlatform":
      return forEachPlatform(step, scope, links);
  }
}
