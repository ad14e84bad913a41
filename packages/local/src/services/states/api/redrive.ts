import { AwsError } from "../../../aws-error.ts";
import type { Operation } from "../../../service.ts";
import type { ExecutionSummary } from "../execution-store.ts";
import type { Execution } from "../interpreter/execution.ts";
import { whyItemIsNotRedrivable } from "../interpreter/map-run.ts";
import type { StatesContext } from "../states-context.ts";
import { shorterThan } from "./check-input.ts";

export interface OneExecution {
  readonly executionArn: string;
}

const REDRIVABLE_MS = 14 * 24 * 3600_000;
const LONGEST_OPEN_MS = 365 * 24 * 3600_000;
/** The same token within this time is the same request. */
const TOKEN_MS = 15 * 60_000;

/**
 * Why an execution cannot be redriven; undefined for one that can. In AWS's words.
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html
 */
export function whyNotRedrivable(execution: Execution, { clock, catalog }: StatesContext): string | undefined {
  if (execution.child !== undefined) return whyItemIsNotRedrivable(execution.status);
  const { status, stoppedAtMs = 0, startedAtMs, history, surroundings } = execution;
  if (!catalog.stateMachines.has(execution.stateMachineArn)) return "State machine is in DELETING status";
  if (status === "RUNNING" || status === "SUCCEEDED") return `Execution is ${status} and cannot be redriven`;
  if (history.length + 2 > surroundings.historyLimit) return "Execution history event limit exceeded";
  if (clock.now() - startedAtMs > LONGEST_OPEN_MS) return "Execution has exceeded the max execution time";
  if (clock.now() - stoppedAtMs > REDRIVABLE_MS) return "Execution redrivable period exceeded";
  return undefined;
}

/** What DescribeExecution says of an execution's redrives. */
export function redriveFields(execution: Execution, context: StatesContext) {
  const redriveStatusReason = whyNotRedrivable(execution, context);
  return {
    ...redriven(execution),
    redriveStatus: redriveStatusReason === undefined ? "REDRIVABLE" : "NOT_REDRIVABLE",
    ...(redriveStatusReason === undefined ? {} : { redriveStatusReason }),
  };
}

export function redriven({ redriveCount = 0, redrivenAtMs }: ExecutionSummary) {
  return { redriveCount, ...(redrivenAtMs === undefined ? {} : { redriveDate: new Date(redrivenAtMs) }) };
}

/** Restarts an execution that did not succeed from the states that it had not left. */
export function redriveOperation(context: StatesContext, find: (input: OneExecution) => Execution): Operation {
  const requests = new Map<string, { readonly token: string; readonly atMs: number }>();
  return (input: OneExecution & { readonly clientToken?: string }) => {
    const execution = find(input);
    const { clientToken: token } = input;
    if (token !== undefined) shorterThan("clientToken", token, { most: 64, unit: "characters" });
    const nowMs = context.clock.now();
    const before = requests.get(execution.arn);
    if (token !== undefined && before?.token === token && nowMs - before.atMs < TOKEN_MS) {
      return { redriveDate: new Date(before.atMs) };
    }
    const reason = whyNotRedrivable(execution, context);
    if (reason !== undefined) {
      throw new AwsError("ExecutionNotRedrivable", `Execution Not Redrivable: '${reason}: ${execution.arn}'`);
    }
    if (token !== undefined) requests.set(execution.arn, { token, atMs: nowMs });
    context.redriveExecution(execution);
    return { redriveDate: new Date(nowMs) };
  };
}
