import { type FunctionName, functionNames, type Pipeline, type StageDescription } from "@muster/pipeline";
import type { Clients } from "./clients.ts";
import { handlers } from "./handlers.ts";
import { type Log, silentLog } from "./log.ts";

export type LambdaHandler = (event: unknown, context?: unknown) => Promise<unknown>;

export interface HandlerOptions extends Clients {
  /** Default: the machine's time. */
  readonly now?: () => Date;
  /** Default: none. */
  readonly log?: Log;
}

/** All functions of a stage, wired: what a local stage runs in process. */
export function createHandlers(
  pipeline: Pipeline,
  stage: StageDescription,
  { now = () => new Date(), log = silentLog, ...clients }: HandlerOptions,
): Record<FunctionName, LambdaHandler> {
  const context = { pipeline, stage, clients, now, log };
  return Object.fromEntries(
    functionNames.map((name) => [name, (event: unknown) => handlers[name].run(event, context)]),
  ) as Record<FunctionName, LambdaHandler>;
}
