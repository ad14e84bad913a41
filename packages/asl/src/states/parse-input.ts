import { fixedState } from "@muster/pipeline";
import { type Fragment, fragment } from "../fragment.ts";
import type { Resources } from "../resources.ts";
import { execution } from "../scope.ts";
import { lambdaTask } from "./lambda-task.ts";

const NAME = fixedState.parseInput;

/** What to build, understood; input that cannot be fails the execution at once. */
export function parseInput(resources: Resources, next: string): Fragment {
  return fragment(NAME, {
    [NAME]: lambdaTask(resources, NAME, { Parameters: { "input.$": "$", execution }, Next: next }),
  });
}
