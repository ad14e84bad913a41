import {
  type Approval,
  describeTimeout,
  ErrorName,
  shouldFollowStateName,
  unansweredStateName,
} from "@muster/pipeline";
import { beforeHere } from "../before.ts";
import { catchAll, type Fragment, fragment, type Links } from "../fragment.ts";
import { approvalRetry } from "../retry.ts";
import { executionHere, failurePath, knownHere, nameHere, resultPath, type Scope } from "../scope.ts";

/**
 * A callback that a person answers, or the function that is called with its token, where nobody has to be asked. Where nothing that it guards would run, all of that
 * is left out: what comes to be done meanwhile was not approved.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-wait-token
 */
export function approvalStates(approval: Approval, scope: Scope, { next, failed }: Links): Fragment {
  const { name, summary, timeout } = approval;
  const asked = nameHere(scope, name);
  const unanswered = nameHere(scope, unansweredStateName(name));
  const shouldFollow = nameHere(scope, shouldFollowStateName(name));
  const endsHere = `${resultPath(name)}.endsHere`;
  return fragment(asked, {
    [asked]: {
      Type: "Task",
      Comment: summary,
      Resource: "arn:aws:states:::lambda:invoke.waitForTaskToken",
      TimeoutSeconds: timeout,
      Parameters: {
        FunctionName: scope.resources.functionArn("RequestApproval"),
        Payload: {
          approval: name,
          "token.$": "$$.Task.Token",
          ...knownHere(scope),
          ...beforeHere([approval], scope.before),
          ...executionHere(scope),
        },
      },
      ResultPath: resultPath(name),
      Retry: approvalRetry,
      Catch: [
        { ErrorEquals: ["States.Timeout"], ResultPath: null, Next: unanswered },
        ...catchAll(failurePath(name), failed),
      ],
      Next: shouldFollow,
    },
    [unanswered]: {
      Type: "Pass",
      Result: {
        Error: ErrorName.notApproved,
        Cause: JSON.stringify({ message: `nobody answered within ${describeTimeout(timeout)}` }),
      },
      ResultPath: failurePath(name),
      Next: failed,
    },
    [shouldFollow]: {
      Type: "Choice",
      Choices: [
        {
          And: [
            { Variable: endsHere, IsPresent: true },
            { Variable: endsHere, BooleanEquals: true },
          ],
          Next: failed,
        },
      ],
      Default: next,
    },
  });
}
