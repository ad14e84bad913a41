import { branchEndStateName, type FunctionName, fixedState } from "@muster/pipeline";
import type { NestedMachine } from "../amazon-states-language.ts";
import { catchAll, type Fragment, fragment, type Links } from "../fragment.ts";
import type { Resources } from "../resources.ts";
import { execution, failurePath, resultPath } from "../scope.ts";
import { lambdaTask } from "./lambda-task.ts";

const CHECK = fixedState.checkIfReposChanged;
const SHOULD = fixedState.shouldUpdateAndInvalidate;
const BOTH = fixedState.updateAndInvalidate;

/** Seconds. Index pages of a large bucket take minutes; a function may run for 15. */
const UPDATE_INDICES_TIMEOUT = 900;

/** What the functions are told: what the build has done so far. */
const soFar = { "results.$": "$.results", "buildInput.$": "$.buildInput", execution };

/** If the build changed what users download, index pages and CDN follow. */
export function publishChanges(resources: Resources, { next, failed }: Links): Fragment {
  return fragment(CHECK, {
    [CHECK]: lambdaTask(resources, CHECK, {
      Parameters: soFar,
      ResultPath: "$.reposChanged",
      Catch: catchAll(failurePath(CHECK), failed),
      Next: SHOULD,
    }),
    [SHOULD]: {
      Type: "Choice",
      Choices: [{ Variable: "$.reposChanged", BooleanEquals: true, Next: BOTH }],
      Default: next,
    },
    [BOTH]: {
      Type: "Parallel",
      Branches: [
        functionBranch(resources, fixedState.updateIndices, UPDATE_INDICES_TIMEOUT),
        functionBranch(resources, fixedState.invalidateCloudFront),
      ],
      ResultPath: resultPath(BOTH),
      Next: next,
    },
  });
}

/** A branch of one function: it sees all results and ends with its own alone. */
function functionBranch(resources: Resources, name: FunctionName, timeoutSeconds?: number): NestedMachine {
  const end = branchEndStateName(name);
  return {
    StartAt: name,
    States: {
      [name]: lambdaTask(resources, name, {
        Parameters: soFar,
        ...(timeoutSeconds === undefined ? {} : { TimeoutSeconds: timeoutSeconds }),
        ResultPath: `${resultPath(name)}.success`,
        Catch: catchAll(failurePath(name), end),
        Next: end,
      }),
      [end]: { Type: "Pass", Parameters: { results: { [`${name}.$`]: resultPath(name) } }, End: true },
    },
  };
}
