import { fixedState } from "@muster/pipeline";
import { catchAll, type Fragment, fragment } from "../fragment.ts";
import type { Resources } from "../resources.ts";
import { lambdaServiceRetry } from "../retry.ts";
import { execution, failurePath } from "../scope.ts";
import { lambdaTask } from "./lambda-task.ts";

const NORMALIZE = fixedState.normalizeResults;
const CHECK = fixedState.checkForFailures;

/** One result a step, as the output of NormalizeResults; then the execution fails if any of them is a failure. */
export function checkForFailures(resources: Resources): Fragment {
  return fragment(NORMALIZE, {
    [NORMALIZE]: lambdaTask(resources, NORMALIZE, {
      Parameters: { "results.$": "$.results" },
      Catch: catchAll(failurePath(NORMALIZE), CHECK),
      Next: CHECK,
    }),
    [CHECK]: lambdaTask(resources, CHECK, {
      Comment: "The only state that may fail the execution",
      Parameters: { "results.$": "$", execution },
      Retry: lambdaServiceRetry,
      End: true,
    }),
  });
}
