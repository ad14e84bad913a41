import { type Fragment, fragment } from "../fragment.ts";
import type { Resources } from "../resources.ts";
import { execution } from "../scope.ts";
import { lambdaTask } from "./lambda-task.ts";

/** What to build, understood; input that cannot be fails the execution at once. */
export function parseInput(resources: Resources, next: string): Fragment {
  return fragment("ParseInput", {
    ParseInput: lambdaTask(resources, "ParseInput", { Parameters: { "input.$": "$", execution }, Next: next }),
  });
}
