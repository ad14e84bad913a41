import { SendTaskSuccessCommand } from "@aws-sdk/client-sfn";
import type { LambdaHandler } from "@muster/lambdas";
import { type FunctionName, RequestApprovalEvent } from "@muster/pipeline";
import type { FunctionContext } from "../world/deployment.ts";

type Functions = Partial<Record<FunctionName, LambdaHandler>>;

/** How long a person takes to say yes. */
const ANSWER_SECONDS = 60;

/** With a person who approves whatever anybody asks. */
export function answeringPerson({ handlers, clients, clock }: FunctionContext, functions: Functions): Functions {
  const approve = async ({ token: taskToken }: RequestApprovalEvent) => {
    const success = { by: "alice", at: new Date(clock.now()).toISOString(), reason: "looked at" };
    await clients.sfn.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify({ success }) }));
  };
  return {
    ...functions,
    RequestApproval: async (event) => {
      const answer = await handlers.RequestApproval(event);
      if ((answer as { asks: boolean }).asks) {
        const asked = RequestApprovalEvent.parse(event);
        // Who was asked twice, because the function was, answers the question that is still open.
        clock.at(clock.now() + ANSWER_SECONDS * 1000, () => void approve(asked).catch(() => {}));
      }
      return answer;
    },
  };
}
