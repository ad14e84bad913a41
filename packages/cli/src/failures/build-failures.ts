import type { Attempt, BuildHistory, Step } from "@muster/history";
import { type FailedStep, type Failure, failureLine, listFailures, normalizeResults, taskName } from "@muster/pipeline";

/** A step that failed, with the last worker's try at it. */
export interface BuildFailure {
  readonly failed: FailedStep;
  /** As status names it: `MakePackage-1.2.3-debian-12-bookworm`. */
  readonly key: string;
  /** The last attempt that a worker had, and its number, from 1. Absent of what ran on none. */
  readonly attempt?: { readonly number: number; readonly instance: string };
}

/** What a build failed of, in the order of its results; of one that came to no results, in the order in which it came to the steps. */
export function listBuildFailures(build: BuildHistory): BuildFailure[] {
  const steps = new Map(build.steps.map((step) => [step.key, step]));
  const told = listFailures(normalizeResults(build.results));
  const failures = told.length > 0 ? told : build.steps.flatMap(failureOfStep);
  return failures.map((failed): BuildFailure => {
    const key = taskName(failed.step, failed);
    const attempt = lastOnWorker(steps.get(key)?.attempts ?? []);
    return { failed, key, ...(attempt !== undefined && { attempt }) };
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

/** Step, place, instance, error, time, and what the log says. */
export const lineOfFailure = ({ failed }: BuildFailure): string => failureLine(failed);
