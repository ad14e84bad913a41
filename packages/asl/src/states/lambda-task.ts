import type { FunctionName } from "@muster/pipeline";
import type { PayloadTemplate, TaskState } from "../amazon-states-language.ts";
import type { Resources } from "../resources.ts";
import { lambdaRetry } from "../retry.ts";

/** Seconds. Functions answer within a few; a call without an answer is one to repeat. */
const TIMEOUT_SECONDS = 60;

/**
 * A task that calls a function by its own ARN, so that its answer is the result and its error the state's error.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html
 */
export function lambdaTask<Rest extends Partial<TaskState>>(
  resources: Resources,
  name: FunctionName,
  { Parameters, ...rest }: Rest & { readonly Parameters: PayloadTemplate },
) {
  return {
    Type: "Task" as const,
    Resource: resources.functionArn(name),
    Parameters,
    TimeoutSeconds: TIMEOUT_SECONDS,
    Retry: lambdaRetry,
    ...rest,
  };
}
