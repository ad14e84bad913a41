import { EndHealthCheckEvent, fixedState, HealthCheckToken } from "@muster/pipeline";
import { stateKey, stateRecords } from "@muster/records";
import { handler } from "./handler.ts";
import { answerToken } from "./wake-up/answer-token.ts";

/** Marks the build as done, then ends the wait for the next health check: a build with nothing to do ends in seconds. */
export const endHealthCheck = handler(
  fixedState.endHealthCheck,
  { input: EndHealthCheckEvent, uses: ["s3", "sfn"] },
  async ({ execution }, { stage, clients, now }) => {
    const records = stateRecords(clients.s3, stage.buckets.state);
    await records.write(stateKey.buildDone(execution.name), { doneAt: now().toISOString() });
    const waiting = await records.read(stateKey.healthCheckToken(execution.name), HealthCheckToken);
    if (waiting === undefined) return { answered: false };
    const answered = await answerToken(clients.sfn, waiting.value.token);
    await records.delete([stateKey.healthCheckToken(execution.name)]);
    return { answered };
  },
);
