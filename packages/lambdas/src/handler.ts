import {
  describeIssues,
  type FunctionName,
  InvalidInputError,
  type Pipeline,
  type StageDescription,
} from "@muster/pipeline";
import type * as z from "zod";
import type { ClientName, Clients } from "./clients.ts";
import type { Log } from "./log.ts";
import { presentError } from "./present-error.ts";

/** What a function works with; `clients` are those it named. */
export interface HandlerContext<Uses extends ClientName = ClientName> {
  readonly pipeline: Pipeline;
  readonly stage: StageDescription;
  readonly clients: Pick<Clients, Uses>;
  /** The time, from whoever holds the clock. */
  now(): Date;
  readonly log: Log;
}

export interface Handler<Uses extends ClientName = ClientName> {
  readonly name: FunctionName;
  /** The clients it needs: its bundle holds these, and its role may call no other service. */
  readonly uses: readonly Uses[];
  readonly run: (event: unknown, context: HandlerContext<Uses>) => Promise<unknown>;
}

/**
 * A Lambda function: its event is parsed, its answer is JSON, and what it throws is one readable line under a name that retriers match.
 */
export function handler<Input extends z.ZodType, const Uses extends ClientName = never>(
  name: FunctionName,
  { input, uses }: { input: Input; uses?: readonly Uses[] },
  answer: (event: z.output<Input>, context: HandlerContext<Uses>) => Promise<unknown>,
): Handler<Uses> {
  return {
    name,
    uses: uses ?? [],
    async run(event, context) {
      try {
        const parsed = input.safeParse(event);
        if (!parsed.success) {
          throw new InvalidInputError(`${name} got an event that it cannot read: ${describeIssues(parsed.error)}`, {
            hint: "deploy state machine and functions from the same pipeline",
          });
        }
        return await answer(parsed.data, context);
      } catch (error) {
        const presented = presentError(error);
        context.log.error("function failed", {
          function: name,
          error: presented.name,
          reason: presented.message,
          ...(error instanceof Error && error.name === presented.name ? { stack: error.stack } : {}),
        });
        throw presented;
      }
    },
  };
}
