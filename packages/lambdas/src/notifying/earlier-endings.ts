import { DescribeExecutionCommand, ListExecutionsCommand, type SFNClient } from "@aws-sdk/client-sfn";
import { type EarlierBuild, failuresOfCause, type Pipeline } from "@muster/pipeline";
import { inputOf } from "./input-of.ts";

/** A build that ended by itself before this one. */
export interface EarlierEnding extends EarlierBuild {
  readonly succeeded: boolean;
  /** Whether it could publish: others say nothing of how the release is. */
  readonly isMeant: boolean;
}

/** Among how many builds those are looked for that ended by themselves, and how many of these are read. */
const KNOWN = 20;
const MOST = 8;

export interface Self {
  readonly executionArn: string;
  readonly startDate: Date;
  readonly stateMachineArn: string;
  readonly pipeline: Pipeline;
}

/** Builds before one, the latest first, up to the last that succeeded: a call each. At least three of them, where there are. */
export async function earlierEndings(
  sfn: SFNClient,
  { executionArn: self, startDate, stateMachineArn, pipeline }: Self,
): Promise<EarlierEnding[]> {
  const { executions = [] } = await sfn.send(new ListExecutionsCommand({ stateMachineArn, maxResults: KNOWN }));
  const before = executions.filter(
    ({ executionArn, status, startDate: started }) =>
      executionArn !== self &&
      (status === "FAILED" || status === "SUCCEEDED" || status === "TIMED_OUT") &&
      (started ?? startDate) <= startDate,
  );
  const endings: EarlierEnding[] = [];
  for (const { executionArn, name = "" } of before.slice(0, MOST)) {
    const execution = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    const { status, cause = "" } = execution;
    const succeeded = status === "SUCCEEDED";
    const input = inputOf(execution, pipeline);
    const isMeant = input === undefined || input.debug === "";
    endings.push({ name, succeeded, isMeant, failures: succeeded ? [] : failuresOfCause(cause) });
    if (endings.length >= COMPARED && endings.some((ending) => ending.succeeded && ending.isMeant)) break;
  }
  return endings;
}

/** With how many builds before a failure is compared. */
export const COMPARED = 3;
