import { type Activity, prepareState, shouldStateName } from "@muster/pipeline";
import { beforeHere } from "../before.ts";
import { catchAll, type Fragment, fragment, type Links } from "../fragment.ts";
import { activityRetry } from "../retry.ts";
import { executionHere, failurePath, knownHere, nameHere, resultPath, type Scope } from "../scope.ts";
import { lambdaTask } from "./lambda-task.ts";

/** PrepareTo<A> ▸ Should<A> ▸ <A>: decide and launch, go past it if there is nothing to do, wait for a worker to have done it. */
export function activityStates(activity: Activity, scope: Scope, { next, failed }: Links): Fragment {
  const { name, timeout, heartbeat } = activity;
  const prepare = nameHere(scope, prepareState.of(name));
  const should = nameHere(scope, shouldStateName(name));
  const perform = nameHere(scope, name);
  return fragment(prepare, {
    [prepare]: lambdaTask(scope.resources, "PrepareActivity", {
      Parameters: {
        activity: name,
        ...knownHere(scope),
        ...beforeHere([activity], scope.before),
        ...executionHere(scope),
        ...(scope.resources.scriptsOf !== undefined && { scripts: scope.resources.scriptsOf(name) }),
        "enteredTime.$": "$$.State.EnteredTime",
      },
      ResultPath: resultPath(name),
      Catch: catchAll(failurePath(prepareState.of(name)), failed),
      Next: should,
    }),
    [should]: {
      Type: "Choice",
      Choices: [{ Variable: `${resultPath(name)}.skip`, BooleanEquals: true, Next: next }],
      Default: perform,
    },
    [perform]: {
      Type: "Task",
      Resource: scope.resources.activityArn(name),
      InputPath: `${resultPath(name)}.taskInput`,
      TimeoutSeconds: timeout,
      HeartbeatSeconds: heartbeat,
      // The success replaces what PrepareTo… put here: an execution's data holds 256 KiB, and the task's input has served.
      ResultSelector: { "success.$": "$" },
      ResultPath: resultPath(name),
      Retry: activityRetry(activity),
      Catch: catchAll(failurePath(name), failed),
      Next: next,
    },
  });
}
