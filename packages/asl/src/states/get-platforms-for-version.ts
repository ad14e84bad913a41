import { fixedState } from "@muster/pipeline";
import { catchAll, type Fragment, fragment, type Links } from "../fragment.ts";
import { execution, failurePath, type Scope } from "../scope.ts";
import { lambdaTask } from "./lambda-task.ts";

const NAME = fixedState.getPlatformsForVersion;

/** The version's platforms, and those of them that this build makes, as `$.platforms`. */
export function getPlatformsForVersion({ resources }: Scope, { next, failed }: Links): Fragment {
  return fragment(NAME, {
    [NAME]: lambdaTask(resources, NAME, {
      Parameters: { "version.$": "$.version", "buildInput.$": "$.buildInput", execution, answer: "both" },
      ResultPath: "$.platforms",
      Catch: catchAll(failurePath(NAME), failed),
      Next: next,
    }),
  });
}
