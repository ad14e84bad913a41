import type { Step } from "@muster/history";
import { nextCommand } from "../next-command.ts";

/** What a command that is shown must say besides: where this one works. */
export type ApproveGlobals = Parameters<typeof nextCommand>[0];

/** The command that answers a step which waits for a person; undefined for any other. */
export function approveCommand(step: Step, globals: ApproveGlobals): string | undefined {
  if (step.kind !== "approval" || step.state !== "waiting" || step.build === undefined) return undefined;
  return nextCommand(globals, ["approve", step.build, step.key]);
}
