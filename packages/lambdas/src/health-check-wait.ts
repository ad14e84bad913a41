import { fixedState, HealthCheckWaitEvent } from "@muster/pipeline";
import { stateKey, stateRecords } from "@muster/records";
import { handler } from "./handler.ts";
import { answerToken } from "./wake-up/answer-token.ts";

/**
 * Leaves the token where EndHealthCheck finds it, then looks whether the build is done already. EndHealthCheck does the two in the opposite order, so
 * at least one of them sees the other; where both do, the second answer comes too late and does no harm.
 */
export const healthCheckWait = handler(
  fixedState.healthCheckWait,
  { input: HealthCheckWaitEvent, uses: ["s3", "sfn"] },
  async ({ token, execution }, { stage, clients }) => {
    const records = stateRecords(clients.s3, stage.buckets.state);
    await records.write(stateKey.healthCheckToken(execution.name), { token });
    const done = (await records.etag(stateKey.buildDone(execution.name))) !== undefined;
    if (done) {
      await answerToken(clients.sfn, token);
      await records.delete([stateKey.healthCheckToken(execution.name)]);
    }
    return { done };
  },
);
