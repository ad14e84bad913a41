import type { StateMachineDefinition } from "@muster/asl";
import type { HandlerOptions, LambdaHandler } from "@muster/lambdas";
import type { Clock } from "@muster/local";
import type { FunctionName, Pipeline, StageDescription } from "@muster/pipeline";

/** What a function of another system works with. */
export interface FunctionContext {
  readonly pipeline: Pipeline;
  readonly stage: StageDescription;
  readonly clients: HandlerOptions;
  readonly clock: Clock;
  readonly now: () => Date;
  /** Muster's own. */
  readonly handlers: Readonly<Record<FunctionName, LambdaHandler>>;
}

/** What of a stage is otherwise than Muster deploys it, so that another system's ways can be compared in the same world. */
export interface Deployment {
  /** The state machine, made of the one that Muster renders. */
  readonly definition?: (rendered: StateMachineDefinition) => StateMachineDefinition;
  /** Functions that do the work of those of the same names. */
  readonly functions?: (context: FunctionContext) => Partial<Record<FunctionName, LambdaHandler>>;
  /** Whether anybody is told what happens to machines and builds, and reaps now and then. Default: yes. */
  readonly hearsEvents?: boolean;
}
