import { fixedState } from "@muster/pipeline";
import { catchAll, type Fragment, fragment } from "../fragment.ts";
import type { Resources } from "../resources.ts";
import { execution, failurePath } from "../scope.ts";
import { lambdaTask } from "./lambda-task.ts";

const NAME = fixedState.endHealthCheck;

/** Tells the other branch that no worker is needed any more, so that it ends now and not at its next tick. */
export function endHealthCheck(resources: Resources, next: string): Fragment {
  return fragment(NAME, {
    [NAME]: lambdaTask(resources, NAME, {
      Parameters: { execution },
      ResultPath: null,
      Catch: catchAll(failurePath(NAME), next),
      Next: next,
    }),
  });
}
