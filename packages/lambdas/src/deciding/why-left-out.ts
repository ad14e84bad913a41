import {
  type Activity,
  type Failure,
  listFailures,
  normalizeResults,
  type Place,
  placeWords,
  prepareState,
  type Subject,
  unreachable,
} from "@muster/pipeline";

/** Failures that a reason names; more are only counted. */
const NAMED = 3;

/**
 * Why a task is not run: what came before it has failed, and it wants that to have succeeded.
 * @param before raw results of what came before it, lists of them in one another; undefined where it does not ask
 */
export function whyLeftOut(
  { activity, subject }: { readonly activity: Pick<Activity, "runsWhen">; readonly subject: Subject },
  before: readonly unknown[] | undefined,
): string | undefined {
  const results = (before ?? []).flat(Number.POSITIVE_INFINITY);
  switch (activity.runsWhen) {
    case "always":
      return undefined;
    case "predecessors-succeeded":
      return sentence(results.flatMap((each) => failuresFor(subject, each))) ?? whyNotApproved(results);
    case undefined:
      return sentence(results.flatMap(ownFailures)) ?? whyNotApproved(results);
    default:
      return unreachable(activity.runsWhen);
  }
}

/** Those of steps, not of what parallels and maps hold. */
const ownFailures = (results: unknown): string[] =>
  Object.entries((results ?? {}) as Record<string, { failure?: Failure }>).flatMap(([step, { failure }]) =>
    failure === undefined ? [] : [nameOf(step)],
  );

/** An approval that had nothing to ask for let nothing go on. */
function whyNotApproved(results: readonly unknown[]): string | undefined {
  const steps = results.flatMap((each) => Object.entries((each ?? {}) as Record<string, { endsHere?: boolean }>));
  const found = steps.find(([, { endsHere }]) => endsHere === true);
  return found && `${found[0]} had nothing to ask for`;
}

/** A platform's task goes by its platform and its version: not by other platforms. */
function failuresFor(subject: Subject, results: unknown): string[] {
  const place: Place = subject.per === "build" ? { per: "build" } : { per: "version", version: subject.version };
  const outside = placeWords(place).length;
  return listFailures(normalizeResults(results), place)
    .filter((failed) => failed.per !== "platform" || subject.per !== "platform" || failed.platform === subject.platform)
    .map(({ step, ...failed }) => [nameOf(step), ...placeWords(failed).slice(outside)].join(" "));
}

const nameOf = (step: string): string => prepareState.activityOf(step) ?? step;

function sentence(failures: readonly string[]): string | undefined {
  if (failures.length === 0) return undefined;
  const more = failures.length > NAMED ? ` and ${failures.length - NAMED} more` : "";
  return `${failures.slice(0, NAMED).join(", ")}${more} failed`;
}
