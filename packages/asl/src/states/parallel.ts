import { branchEndStateName, type OutlineBranch } from "@muster/pipeline";
import { beforeHere, beforeWithin, noResults } from "../before.ts";
import { type Fragment, fragment, type Links, nested } from "../fragment.ts";
import { knownHere, nameHere, resultPath, type Scope, within } from "../scope.ts";
import { machine } from "./machine.ts";
import { resultsEnd } from "./results-end.ts";

/** Branches at once. Each starts without results and ends with its own, so that none carries a copy of the others'. */
export function parallelState(
  { name, branches }: { readonly name: string; readonly branches: readonly OutlineBranch[] },
  scope: Scope,
  { next }: Links,
): Fragment {
  const steps = branches.flatMap((branch) => branch.steps);
  const inner = { ...within(scope), before: beforeWithin(steps, scope.before) };
  const parallel = nameHere(scope, name);
  return fragment(parallel, {
    [parallel]: {
      Type: "Parallel",
      Parameters: { ...knownHere(scope), ...beforeHere(steps, scope.before), ...noResults(scope.before) },
      Branches: branches.map((branch) =>
        nested(machine(branch.steps, inner, resultsEnd(nameHere(scope, branchEndStateName(branch.name))))),
      ),
      ResultPath: resultPath(name),
      Next: next,
    },
  });
}
