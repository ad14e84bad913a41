import { fixedState } from "@muster/pipeline";
import { catchAll, type Fragment, fragment } from "../fragment.ts";
import type { Resources } from "../resources.ts";
import { callbackRetry } from "../retry.ts";
import { execution } from "../scope.ts";
import { lambdaTask } from "./lambda-task.ts";

const BEGIN = fixedState.healthCheckBegin;
const WAIT = fixedState.healthCheckWait;
const PLAIN_WAIT = fixedState.healthCheckPlainWait;
const CHECK = fixedState.healthCheck;
const SHOULD = fixedState.shouldHealthCheck;
const END = fixedState.healthCheckEnd;

/** Seconds to the first health check; each says when the next one is due. */
const FIRST_TICK = 300;
const TICK = "$.healthCheck.tickSeconds";

/**
 * Every five minutes, or less often in a build whose history is long, starts workers for tasks that have none, until the build is done. The wait
 * is a callback that the end of the build answers; whatever fails, the branch goes on to its next tick.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-wait-token
 */
export function healthCheck(resources: Resources): Fragment {
  return fragment(BEGIN, {
    [BEGIN]: { Type: "Pass", Result: { tickSeconds: FIRST_TICK }, ResultPath: "$.healthCheck", Next: WAIT },
    [WAIT]: {
      Type: "Task",
      Comment: "Until the next tick, or until EndHealthCheck answers the token",
      Resource: "arn:aws:states:::lambda:invoke.waitForTaskToken",
      TimeoutSecondsPath: TICK,
      Parameters: {
        FunctionName: resources.functionArn(WAIT),
        Payload: { "token.$": "$$.Task.Token", execution },
      },
      // An answer means that the build is done: this then holds even if HealthCheck cannot say so itself.
      ResultSelector: { continue: false },
      ResultPath: "$.healthCheck",
      Retry: callbackRetry,
      Catch: [{ ErrorEquals: ["States.Timeout"], ResultPath: null, Next: CHECK }, ...catchAll(null, PLAIN_WAIT)],
      Next: CHECK,
    },
    [PLAIN_WAIT]: { Type: "Wait", Comment: "Where the token could not be stored", SecondsPath: TICK, Next: CHECK },
    [CHECK]: lambdaTask(resources, CHECK, {
      Parameters: { "buildInput.$": "$.buildInput", execution },
      ResultPath: "$.healthCheck",
      Catch: catchAll("$.healthCheck.failure", SHOULD),
      Next: SHOULD,
    }),
    [SHOULD]: {
      Type: "Choice",
      Choices: [
        {
          And: [
            { Variable: "$.healthCheck.continue", IsPresent: true },
            { Variable: "$.healthCheck.continue", BooleanEquals: false },
          ],
          Next: END,
        },
      ],
      Default: WAIT,
    },
    [END]: { Type: "Pass", End: true },
  });
}
