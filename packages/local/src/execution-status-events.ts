import type { EventSource } from "./event-source.ts";
import type { Operation, OperationContext } from "./service.ts";

export interface ExecutionStatusOptions {
  readonly describeExecution: Operation;
  readonly publish: EventSource;
}

interface DescribedExecution {
  readonly executionArn: string;
  readonly stateMachineArn: string;
  readonly name: string;
  readonly status: string;
  readonly startDate: Date;
  readonly stopDate?: Date;
  readonly input?: string;
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
  readonly redriveCount: number;
  readonly redriveDate?: Date;
  readonly redriveStatus: string;
  readonly redriveStatusReason?: string;
}

const STATUS_EVENTS = new Set([
  "ExecutionStarted",
  "ExecutionRedriven",
  "ExecutionSucceeded",
  "ExecutionFailed",
  "ExecutionTimedOut",
  "ExecutionAborted",
]);

/**
 * Turns the first event, the last and each redrive of an execution's history into "Step Functions Execution Status Change".
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
 */
export function executionStatusEvents({ describeExecution, publish }: ExecutionStatusOptions) {
  return ({ executionArn, type }: { executionArn: string; type: string }): void => {
    if (!STATUS_EVENTS.has(type)) return;
    // The history comes first; what DescribeExecution answers follows in the same turn.
    queueMicrotask(() => {
      const execution = describeExecution({ executionArn } as never, IN_HOUSE) as DescribedExecution;
      publish({
        source: "aws.states",
        detailType: "Step Functions Execution Status Change",
        resources: [executionArn],
        detail: {
          executionArn,
          stateMachineArn: execution.stateMachineArn,
          name: execution.name,
          status: execution.status,
          startDate: execution.startDate.getTime(),
          stopDate: execution.stopDate?.getTime() ?? null,
          input: execution.input ?? null,
          output: execution.output ?? null,
          error: execution.error ?? null,
          cause: execution.cause ?? null,
          redriveCount: execution.redriveCount,
          redriveDate: execution.redriveDate?.getTime() ?? null,
          redriveStatus: execution.redriveStatus,
          redriveStatusReason: execution.redriveStatusReason ?? null,
        },
      });
    });
  };
}

const IN_HOUSE: OperationContext = {
  requestId: "in-house",
  signal: new AbortController().signal,
  accessKeyId: "in-house",
  endpoint: "http://127.0.0.1",
};
