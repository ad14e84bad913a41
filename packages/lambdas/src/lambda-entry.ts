import type { Pipeline, StageDescription } from "@muster/pipeline";
import type { ClientName, Clients } from "./clients.ts";
import { functionEnvironment } from "./env.ts";
import type { Handler } from "./handler.ts";
import { jsonLog } from "./log.ts";
import { presentError } from "./present-error.ts";
import { stageOfFunction } from "./stage-of-function.ts";

/** What Lambda calls. */
export type LambdaEntry = (event: unknown, context: { readonly awsRequestId: string }) => Promise<unknown>;

/** One function on AWS, alone with its clients: what its bundle exports. */
export function lambdaEntry<Uses extends ClientName>(
  handler: Handler<Uses>,
  pipeline: Pipeline,
  clients: Pick<Clients, Uses>,
): LambdaEntry {
  const write = (line: string) => process.stdout.write(`${line}\n`);
  let known: StageDescription | undefined;
  const stage = () => {
    try {
      known ??= stageOfFunction(functionEnvironment());
      return known;
    } catch (error) {
      throw presentError(error);
    }
  };
  return async (event, { awsRequestId }) => {
    const log = jsonLog(write, { function: handler.name, requestId: awsRequestId });
    return handler.run(event, { pipeline, stage: stage(), clients, now: () => new Date(), log });
  };
}
