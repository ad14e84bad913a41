import { AwsError } from "../../../aws-error.ts";
import type { Operation } from "../../../service.ts";
import type { ExecutionSummary } from "../execution-store.ts";
import { EventCode } from "../interpreter/event-codes.ts";
import type { Execution } from "../interpreter/execution.ts";
import { historyEvent } from "../interpreter/history-event.ts";
import { endExecution } from "../interpreter/step.ts";
import { DATA_LIMIT_BYTES } from "../language/json-size.ts";
import { jsonText } from "../language/json-text.ts";
import type { StatesContext } from "../states-context.ts";
import { checkArn, checkName, constraint, type IncludedData, includesData, shorterThan } from "./check-input.ts";
import { findMapRun } from "./map-run-operations.ts";
import { type PageRequest, pageOf } from "./paging.ts";
import { type OneExecution, redriveFields, redriven, redriveOperation } from "./redrive.ts";

interface StartInput {
  readonly stateMachineArn: string;
  readonly name?: string;
  readonly input?: string;
}

interface ListInput extends PageRequest {
  readonly stateMachineArn?: string;
  readonly mapRunArn?: string;
  readonly statusFilter?: string;
  readonly redriveFilter?: string;
}

interface HistoryInput extends OneExecution, PageRequest {
  readonly reverseOrder?: boolean;
  readonly includeExecutionData?: boolean;
}

type FindExecution = (input: OneExecution) => Execution;

export function executionOperations(context: StatesContext): Record<string, Operation> {
  const find: FindExecution = ({ executionArn }) => {
    const arn = checkArn(executionArn, "execution");
    const found = context.executions.find(arn);
    if (found === undefined) throw new AwsError("ExecutionDoesNotExist", `Execution Does Not Exist: '${arn}'`);
    return found;
  };
  return {
    ...startOperations(context),
    ...describeOperations(context, find),
    ...historyOperations(context, find),
    RedriveExecution: redriveOperation(context, find),
  };
}

function startOperations(context: StatesContext): Record<string, Operation> {
  const { catalog, executions } = context;
  return {
    /** Starting again what runs under the same name with the same input answers the running execution. */
    StartExecution(input: StartInput) {
      const stateMachineArn = checkArn(input.stateMachineArn, "stateMachine");
      const stateMachine = catalog.stateMachines.get(stateMachineArn);
      if (stateMachine === undefined) {
        throw new AwsError("StateMachineDoesNotExist", `State Machine Does Not Exist: '${stateMachineArn}'`);
      }
      const inputText = checkJson(input.input ?? "{}");
      const name = checkName(input.name ?? newName(context, stateMachine.name));
      const arn = context.arnOf("execution", `${stateMachine.name}:${name}`);
      const existing = executions.summary(arn);
      if (existing !== undefined) {
        const same = existing.status === "RUNNING" && executions.find(arn)?.inputText === inputText;
        if (!same) throw new AwsError("ExecutionAlreadyExists", `Execution Already Exists: '${arn}'`);
        return { executionArn: arn, startDate: new Date(existing.startedAtMs) };
      }
      const execution = context.startExecution({ stateMachine, arn, name, inputText });
      return { executionArn: arn, startDate: new Date(execution.startedAtMs) };
    },
  };
}

function describeOperations(context: StatesContext, find: FindExecution): Record<string, Operation> {
  const { executions } = context;
  return {
    DescribeExecution(input: OneExecution & IncludedData) {
      const execution = find(input);
      const withData = includesData(input);
      const output = execution.status === "SUCCEEDED" ? jsonText(execution.output ?? null) : undefined;
      return {
        ...dates(execution),
        executionArn: execution.arn,
        stateMachineArn: execution.stateMachineArn,
        name: execution.name,
        status: execution.status,
        ...(withData ? { input: execution.inputText, inputDetails: { included: true } } : {}),
        ...(withData && output !== undefined ? { output, outputDetails: { included: true } } : {}),
        error: execution.failure?.error,
        cause: execution.failure?.cause,
        ...(execution.child === undefined ? {} : { mapRunArn: execution.child.mapRunArn }),
        ...redriveFields(execution, context),
      };
    },

    ListExecutions(input: ListInput) {
      const { listed, isListed } = listOf(context, input);
      const { statusFilter: status, redriveFilter: filter } = input;
      const found = executions
        .summaries()
        .filter(
          (execution) =>
            isListed(execution) &&
            (status === undefined || execution.status === status) &&
            (filter === undefined || (filter === "REDRIVEN") === (execution.redriveCount ?? 0) > 0),
        )
        .sort((a, b) => b.startedAtMs - a.startedAtMs || (a.name < b.name ? -1 : 1));
      const { items, nextToken } = pageOf(found, input, {
        context: `executions ${listed} ${status ?? ""} ${filter ?? ""}`,
      });
      return {
        executions: items.map((execution) => ({
          ...dates(execution),
          executionArn: execution.arn,
          stateMachineArn: execution.stateMachineArn,
          name: execution.name,
          status: execution.status,
          ...(execution.child === undefined ? {} : { mapRunArn: execution.child.mapRunArn, itemCount: 1 }),
          ...redriven(execution),
        })),
        nextToken,
      };
    },
  };
}

interface ExecutionList {
  /** The ARN that they are listed by. */
  readonly listed: string;
  readonly isListed: (execution: ExecutionSummary) => boolean;
}

/** Executions of a state machine that were started by its API, or those that a Map Run started. */
function listOf(context: StatesContext, { stateMachineArn, mapRunArn }: ListInput): ExecutionList {
  if (mapRunArn !== undefined) {
    if (stateMachineArn !== undefined)
      throw new AwsError("ValidationException", "Only one of stateMachineArn and mapRunArn may be given");
    const { run } = findMapRun(context, mapRunArn);
    return { listed: run.arn, isListed: ({ child }) => child?.mapRunArn === run.arn };
  }
  // Not so in the model: a list of a map run's executions goes without.
  if (stateMachineArn === undefined) throw constraint("stateMachineArn", "null", "Member must not be null");
  const arn = checkArn(stateMachineArn, "stateMachine");
  if (!context.catalog.stateMachines.has(arn)) {
    throw new AwsError("StateMachineDoesNotExist", `State Machine Does Not Exist: '${arn}'`);
  }
  return { listed: arn, isListed: (execution) => execution.stateMachineArn === arn };
}

function historyOperations({ clock, engine }: StatesContext, find: FindExecution): Record<string, Operation> {
  return {
    StopExecution(input: OneExecution & { readonly error?: string; readonly cause?: string }) {
      const execution = find(input);
      const { error, cause } = input;
      if (error !== undefined) shorterThan("error", error, { most: 256, unit: "characters" });
      if (cause !== undefined) shorterThan("cause", cause, { most: 32_768, unit: "characters" });
      engine.run(() => endExecution(execution, { code: EventCode.ExecutionAborted, failure: { error, cause } }));
      return { stopDate: new Date(execution.stoppedAtMs ?? clock.now()) };
    },

    GetExecutionHistory(input: HistoryInput) {
      const execution = find(input);
      const { history } = execution;
      const { reverseOrder: reverse = false, includeExecutionData = true } = input;
      const view = { includeExecutionData };
      const size = input.maxResults || 100;
      // A history may grow between two pages: in reverse order a page goes on below the last event it showed.
      const { first, nextToken } = historyPage(input, { arn: execution.arn, length: history.length, reverse, size });
      const count = Math.max(0, Math.min(size, reverse ? first : history.length - first + 1));
      const events = Array.from({ length: count }, (_, index) =>
        historyEvent(execution, history.at(reverse ? first - index : first + index), view),
      );
      return { events, nextToken };
    },
  };
}

interface HistoryQuery {
  readonly arn: string;
  readonly length: number;
  readonly reverse: boolean;
  readonly size: number;
}

function historyPage(
  { nextToken: token }: PageRequest,
  { arn, length, reverse, size }: HistoryQuery,
): { first: number; nextToken: string | undefined } {
  const context = `${arn} ${reverse}`;
  const first = token === undefined ? (reverse ? length : 1) : firstOf(token, context);
  const next = reverse ? first - size : first + size;
  const more = reverse ? next >= 1 : next <= length;
  return { first, nextToken: more ? Buffer.from(JSON.stringify([next, context])).toString("base64url") : undefined };
}

function firstOf(token: string, context: string): number {
  try {
    const [first, given] = JSON.parse(Buffer.from(token, "base64url").toString()) as [unknown, unknown];
    if (typeof first === "number" && given === context) return first;
  } catch {
    // Falls through to the one answer for every token that is not ours.
  }
  throw new AwsError("InvalidToken", "Invalid Token: 'Invalid token'");
}

function dates({ startedAtMs, stoppedAtMs }: ExecutionSummary) {
  return {
    startDate: new Date(startedAtMs),
    ...(stoppedAtMs === undefined ? {} : { stopDate: new Date(stoppedAtMs) }),
  };
}

/** @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html */
function checkJson(text: string): string {
  shorterThan("input", text, { most: DATA_LIMIT_BYTES, unit: "bytes" });
  try {
    JSON.parse(text);
    return text;
  } catch (error) {
    throw new AwsError(
      "InvalidExecutionInput",
      `Invalid State Machine Execution Input: '${error instanceof Error ? error.message : error}'`,
    );
  }
}

/** With a seed the names repeat from run to run; one that is taken is passed over. */
function newName(context: StatesContext, stateMachineName: string): string {
  for (;;) {
    const name = context.random.uuid();
    if (context.executions.summary(context.arnOf("execution", `${stateMachineName}:${name}`)) === undefined)
      return name;
  }
}
