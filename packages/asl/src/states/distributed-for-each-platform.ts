import { collectStateName, distributedState, fixedState } from "@muster/pipeline";
import { catchAll, type Fragment, fragment, type Links, nested, prepend } from "../fragment.ts";
import type { Resources } from "../resources.ts";
import { execution, failurePath, resultPath, type Scope } from "../scope.ts";
import { lambdaTask } from "./lambda-task.ts";
import { type ForEachPlatform, itemOf, processor } from "./platform-items.ts";

/** A Map that could not run is tried again: what had been done by then is there, and is gone past. */
const RETRIES = { IntervalSeconds: 30, MaxAttempts: 3, BackoffRate: 2 } as const;

/**
 * The same steps, each platform in an execution of its own with a history of its own. What they come to lies in S3; of it, the build's data gets what
 * it goes by.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
 */
export function distributedForEachPlatform(
  each: ForEachPlatform,
  { mapRuns, ...scope }: Scope & { readonly mapRuns: NonNullable<Resources["mapRuns"]> },
  { next }: Links,
): Fragment {
  const map = distributedState.of(each.name);
  const collect = collectStateName(each.name);
  const mapState = fragment(map, {
    [map]: {
      Type: "Map",
      Label: each.name,
      ItemsPath: "$.platforms.ofBuild",
      ItemSelector: { ...itemOf(each.steps, scope), execution },
      MaxConcurrencyPath: "$.platforms.atOnce",
      ItemProcessor: {
        ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" },
        ...nested(processor(each, { ...scope, distributed: true })),
      },
      ResultWriter: { Resource: "arn:aws:states:::s3:putObject", Parameters: mapRuns },
      ResultPath: resultPath(each.name),
      Retry: [{ ErrorEquals: ["States.ALL"], ...RETRIES }],
      Catch: catchAll(failurePath(map), next),
      Next: collect,
    },
  });
  return prepend(
    mapState,
    fragment(collect, {
      [collect]: lambdaTask(scope.resources, fixedState.normalizeResults, {
        Parameters: { "mapRun.$": resultPath(each.name), "buildInput.$": "$.buildInput" },
        ResultPath: resultPath(each.name),
        Catch: catchAll(failurePath(collect), next),
        Next: next,
      }),
    }),
  );
}
