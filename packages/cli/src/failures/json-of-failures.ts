import type { FailedStep } from "@muster/pipeline";
import { lineOfFailure } from "./build-failures.ts";
import type { FailureReport } from "./failure-report.ts";

/** One failed step, for programs. */
export type FailureJson = FailedStep & {
  /** Step, version, platform, instance, error, time, and the line of the log that tells why. */
  readonly line: string;
  /** What to name to `muster logs`; absent for what ran on no worker. */
  readonly logs?: string;
  /** Of the last attempt on a worker, from 1; null for what ran on none. */
  readonly attempt: number | null;
  /** Index of its cause: failures of one step with the same error have the same. */
  readonly group: number;
  /** Names of those of the three builds before, the latest first, that failed of the same; null where they could not be read. */
  readonly alsoIn: readonly string[] | null;
  /** The last lines of the last attempt's log, at most ten; null where they were not read: of each cause the first failure has them. */
  readonly lastLines: readonly string[] | null;
  /** Why they could not be read, or null. */
  readonly logProblem: string | null;
};

export interface FailuresJson {
  /** What failed, where, and since when; null where no step failed. */
  readonly headline: string | null;
  readonly failures: readonly FailureJson[];
}

export function jsonOfFailures({ headline, causes }: FailureReport): FailuresJson {
  const failures = causes.flatMap(({ group, alsoIn, log }, index) =>
    group.members.map((member): FailureJson => {
      const told = member === group.first ? log : undefined;
      return {
        ...member.failed,
        line: lineOfFailure(member),
        ...(member.attempt !== undefined && { logs: member.key }),
        attempt: member.attempt?.number ?? null,
        group: index,
        alsoIn,
        lastLines: told?.kind === "lines" ? told.lines : null,
        logProblem: told?.kind === "unreadable" ? told.why : null,
      };
    }),
  );
  return { headline: headline === "" ? null : headline, failures };
}
