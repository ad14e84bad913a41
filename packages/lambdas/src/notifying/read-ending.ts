import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  GetExecutionHistoryCommand,
  type SFNClient,
} from "@aws-sdk/client-sfn";
import {
  type BuildEnd,
  type BuildInput,
  fixedState,
  normalizeResults,
  type Pipeline,
  type Results,
} from "@muster/pipeline";
import { type EarlierEnding, earlierEndings } from "./earlier-endings.ts";
import { inputOf } from "./input-of.ts";

/** How a build has ended, and after which others. */
export interface Ending {
  readonly executionArn: string;
  readonly name: string;
  readonly end: BuildEnd;
  readonly startedAt: Date;
  readonly endedAt: Date;
  /** undefined of one whose words could not be understood. */
  readonly input: BuildInput | undefined;
  /** Normalised; undefined of one that came to none: it was stopped, timed out, or refused at its beginning. */
  readonly results: Results | undefined;
  /** Of a build that failed: see `failuresOfCause`. */
  readonly cause: string;
  /** The latest first. */
  readonly earlier: readonly EarlierEnding[];
}

export interface EndingSource {
  readonly sfn: SFNClient;
  readonly pipeline: Pipeline;
  readonly stateMachineArn: string;
}

/** undefined while it runs, which a build that was redriven does again. */
export async function readEnding(executionArn: string, source: EndingSource): Promise<Ending | undefined> {
  const { sfn, pipeline, stateMachineArn } = source;
  const execution = await sfn.send(new DescribeExecutionCommand({ executionArn }));
  const { startDate, stopDate, status } = execution;
  if (startDate === undefined || stopDate === undefined || status === "RUNNING") return undefined;
  const input = inputOf(execution, pipeline);
  // Of what publishes nothing nobody is told: what it came to, and after what, need not be asked.
  const isMeant = input === undefined || input.debug === "";
  const self = { executionArn, startDate, stateMachineArn, pipeline };
  const earlier = isMeant ? await earlierEndings(sfn, self) : [];
  return {
    executionArn,
    name: execution.name ?? "",
    end: endOf(execution, earlier),
    startedAt: startDate,
    endedAt: stopDate,
    input,
    results: isMeant ? await resultsOf(execution, sfn) : undefined,
    cause: execution.cause ?? execution.error ?? "",
    earlier,
  };
}

function endOf({ status }: DescribeExecutionCommandOutput, earlier: readonly EarlierEnding[]): BuildEnd {
  switch (status) {
    case "SUCCEEDED":
      return failedInARow(earlier) > 0 ? "recovered" : "succeeded";
    case "TIMED_OUT":
      return "timed-out";
    case "ABORTED":
      return "stopped";
    default:
      return "failed";
  }
}

/** How many builds that were meant have failed, one after the other, up to this one. */
export function failedInARow(earlier: readonly EarlierEnding[]): number {
  const meant = earlier.filter(({ isMeant }) => isMeant);
  const succeeded = meant.findIndex(({ succeeded }) => succeeded);
  return succeeded < 0 ? meant.length : succeeded;
}

/** More than the events between CheckForFailures and the end. */
const LAST_EVENTS = 100;

/** Of a build that failed they stand in its history, where the state began that failed it. */
async function resultsOf(
  { executionArn, status, output }: DescribeExecutionCommandOutput,
  sfn: SFNClient,
): Promise<Results | undefined> {
  if (status === "SUCCEEDED") return output === undefined ? undefined : normalizeResults(JSON.parse(output));
  if (status !== "FAILED") return undefined;
  const { events = [] } = await sfn.send(
    new GetExecutionHistoryCommand({
      executionArn,
      reverseOrder: true,
      includeExecutionData: true,
      maxResults: LAST_EVENTS,
    }),
  );
  const entered = events.find(({ stateEnteredEventDetails: state }) => state?.name === fixedState.checkForFailures);
  const { input } = entered?.stateEnteredEventDetails ?? {};
  return input === undefined ? undefined : normalizeResults(JSON.parse(input));
}
