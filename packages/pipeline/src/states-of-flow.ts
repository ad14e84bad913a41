import { branchName, type Flow } from "./flow.ts";
import { branchEndStateName, itemEndStateName, statesOfActivity, statesOfApproval } from "./state-names.ts";

/** The states that a flow becomes; names are unique over a whole state machine, so these must be. */
export function stateNamesOf(flow: Flow): string[] {
  switch (flow.kind) {
    case "activity":
      return statesOfActivity(flow.name);
    case "approval":
      return statesOfApproval(flow.name);
    case "sequence":
      return flow.steps.flatMap(stateNamesOf);
    case "parallel":
      return [
        flow.name,
        ...flow.branches.flatMap((branch) => [...stateNamesOf(branch), branchEndStateName(branchName(branch))]),
      ];
    case "forEachPlatform":
      return [flow.name, ...stateNamesOf(flow.body), itemEndStateName(flow.name)];
    case "forEachVersion":
      return stateNamesOf(flow.body);
  }
}
