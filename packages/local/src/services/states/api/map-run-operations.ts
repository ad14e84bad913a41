import { AwsError } from "../../../aws-error.ts";
import type { Operation } from "../../../service.ts";
import type { Execution } from "../interpreter/execution.ts";
import { type MapRun, unsuccessful } from "../interpreter/map-run.ts";
import type { StatesContext } from "../states-context.ts";
import { checkArn } from "./check-input.ts";
import { type PageRequest, pageOf } from "./paging.ts";
import type { OneExecution } from "./redrive.ts";

/** Runs of distributed Maps. */
export function mapRunOperations(context: StatesContext): Record<string, Operation> {
  const { executions } = context;
  return {
    DescribeMapRun({ mapRunArn }: { readonly mapRunArn: string }) {
      const { execution, run } = findMapRun(context, mapRunArn);
      return {
        mapRunArn: run.arn,
        executionArn: execution.arn,
        status: run.status,
        ...dates(run),
        maxConcurrency: run.maxConcurrency,
        toleratedFailurePercentage: run.toleratedPercentage,
        toleratedFailureCount: run.toleratedCount,
        // Items come in no batches: each has an execution of its own.
        itemCounts: countsOf(run),
        executionCounts: countsOf(run),
        redriveCount: 0,
      };
    },

    ListMapRuns(input: OneExecution & PageRequest) {
      const arn = checkArn(input.executionArn, "execution");
      const execution = executions.find(arn);
      if (execution === undefined) throw new AwsError("ExecutionDoesNotExist", `Execution Does Not Exist: '${arn}'`);
      const newestFirst = execution.mapRuns.toReversed();
      const { items, nextToken } = pageOf(newestFirst, input, { context: `mapRuns ${arn}` });
      return {
        mapRuns: items.map((run) => ({
          executionArn: arn,
          mapRunArn: run.arn,
          stateMachineArn: execution.stateMachineArn,
          ...dates(run),
        })),
        nextToken,
      };
    },
  };
}

/** Throws `InvalidArn` or `ResourceNotFound`. */
export function findMapRun(
  { catalog, executions }: StatesContext,
  mapRunArn: string,
): { readonly execution: Execution; readonly run: MapRun } {
  const arn = checkArn(mapRunArn, "mapRun");
  const executionArn = catalog.mapRuns.get(arn);
  const execution = executionArn === undefined ? undefined : executions.find(executionArn);
  const run = execution?.mapRuns.find((each) => each.arn === arn);
  if (execution === undefined || run === undefined)
    throw new AwsError("ResourceNotFound", `Resource not found: '${arn}'`, { resourceName: arn });
  return { execution, run };
}

function countsOf(run: MapRun) {
  const { ended, running, started, total, resultsWritten, status } = run;
  return {
    pending: status === "RUNNING" ? total - started : 0,
    running: running.size,
    succeeded: ended.SUCCEEDED,
    failed: ended.FAILED,
    timedOut: ended.TIMED_OUT,
    aborted: ended.ABORTED,
    total,
    resultsWritten,
    failuresNotRedrivable: unsuccessful(run),
    pendingRedrive: 0,
  };
}

const dates = ({ startedAtMs, stoppedAtMs }: MapRun) => ({
  startDate: new Date(startedAtMs),
  ...(stoppedAtMs === undefined ? {} : { stopDate: new Date(stoppedAtMs) }),
});
