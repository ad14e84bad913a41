import { type Attempt, type BuildHistory, type Step, failureOfStep as wordsOfFailure } from "@muster/history";
import {
  type FailedStep,
  type Failure,
  failureLine,
  listFailures,
  normalizeResults,
  placeWords,
  taskName,
} from "@muster/pipeline";

/** A step that failed, with the last worker's try at it. */
export interface BuildFailure {
  readonly failed: FailedStep;
  /** As status names it: `MakePackage-1.2.3-debian-12-bookworm`. */
  readonly key: string;
  /** The last attempt that a worker had, and its number, from 1. Absent of what ran on none. */
  readonly attempt?: { readonly number: number; readonly instance: string };
  /** What status says of it: with the time and number of all attempts. Absent where the history has no such step. */
  readonly words?: string;
}

/** What a build failed of, in the order of its results; of one that came to no results, in the order in which it came to the steps. */
export function listBuildFailures(build: BuildHistory): BuildFailure[] {
  const steps = new Map(build.steps.map((step) => [step.key, step]));
  const told = listFailures(normalizeResults(build.results));
  const failures = told.length > 0 ? told : build.steps.flatMap(failureOfStep);
  return failures.map((failed): BuildFailure => {
    const key = taskName(failed.step, failed);
    const step = steps.get(key);
    const attempt = lastOnWorker(step?.attempts ?? []);
    const words = step?.state === "failed" ? wordsOfFailure(step, build.endedAt ?? new Date()) : undefined;
    return { failed, key, ...(attempt !== undefined && { attempt }), ...(words !== undefined && { words }) };
  });
}

function failureOfStep(step: Step): FailedStep[] {
  if (step.kind === "function" || step.state !== "failed") return [];
  const { name, error, cause, kind: _, ...rest } = step;
  const failure: Failure = {
    ...(error !== undefined && { Error: error }),
    ...(cause !== undefined && { Cause: cause }),
  };
  switch (rest.per) {
    case "build":
      return [{ per: "build", step: name, failure }];
    case "version":
      return [{ per: "version", version: rest.version, step: name, failure }];
    case "platform":
      return [{ per: "platform", version: rest.version, platform: rest.platform, step: name, failure }];
  }
}

function lastOnWorker(attempts: readonly Attempt[]): BuildFailure["attempt"] {
  const index = attempts.findLastIndex(({ instance }) => instance !== undefined);
  const { instance } = attempts[index] ?? {};
  return instance === undefined ? undefined : { number: index + 1, instance };
}

/** Step and place, and what status says of it. */
export const shownFailure = (failure: BuildFailure): string =>
  failure.words === undefined
    ? lineOfFailure(failure)
    : [failure.failed.step, ...placeWords(failure.failed), failure.words].join(" ");

/** Step, place, instance, error, the last attempt's time, and what the log says: as the build's own error has it. */
export const lineOfFailure = ({ failed }: BuildFailure): string => failureLine(failed);
