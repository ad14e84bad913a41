import { createHandlers, type HandlerOptions } from "@muster/lambdas";
import type { Clock, LambdaFunction } from "@muster/local";
import { functionNames, type Pipeline, type StageDescription } from "@muster/pipeline";
import type { Deployment } from "./deployment.ts";
import type { RecordedInvocation } from "./recorded.ts";

export interface FunctionsOptions {
  readonly pipeline: Pipeline;
  readonly stage: StageDescription;
  readonly clients: HandlerOptions;
  readonly clock: Clock;
  /** What does another's work, by the function's name. */
  readonly instead?: Deployment["functions"];
  readonly onInvoked: (invocation: RecordedInvocation) => void;
}

/** The stage's functions, and who watches them. */
export function watchedFunctions(options: FunctionsOptions): Map<string, LambdaFunction> {
  const { pipeline, stage, clients, clock, onInvoked } = options;
  const now = () => new Date(clock.now());
  const own = createHandlers(pipeline, stage, { ...clients, now });
  const handlers = { ...own, ...options.instead?.({ pipeline, stage, clients, clock, now, handlers: own }) };
  const watched = async (name: (typeof functionNames)[number], event: unknown): Promise<unknown> => {
    const invocation: RecordedInvocation = {
      function: name,
      startedMs: clock.now(),
      endedMs: undefined,
      error: undefined,
    };
    onInvoked(invocation);
    try {
      return await handlers[name](event);
    } catch (error) {
      invocation.error = error instanceof Error ? error.name : String(error);
      throw error;
    } finally {
      invocation.endedMs = clock.now();
    }
  };
  return new Map(functionNames.map((name) => [name, (event) => watched(name, event)]));
}
