import { type BuildHistory, describeStep, isFinished, type Step } from "@muster/history";
import {
  ErrorName,
  fixedState,
  type Place,
  type Preceding,
  placeWords,
  precedingOf,
  readFailure,
  roleOfState,
  sharePlace,
  stepsOf,
  taskName,
} from "@muster/pipeline";
import { stoppedBy } from "../history/stopped-by.ts";
import type { TaskFacts } from "./facts.ts";
import type { Missed, Situation, StepBefore } from "./situation.ts";

/** Why the build has not come to a task. */
export function whyNotReached(facts: TaskFacts): Situation {
  const { build, moving, now } = facts;
  const preceding = precedingOf(facts.pipeline.flow, facts.name) ?? [];
  const missed = blockedBy(preceding, facts);
  if (missed !== undefined) return { state: "not started", missed };
  const needless = leftOut(preceding, facts);
  if (needless !== undefined) return { state: "skipped", reason: needless };
  if (build.state !== "running") return { state: "not started", missed: buildEnd(build) };
  if (!moving) return { state: "interrupted", was: "before the build came to it" };
  const steps = beforeIt(preceding, facts);
  return { state: "waiting", since: build.startedAt ?? now, wait: { for: "steps before it", steps } };
}

/** Why nobody had to come to it. */
function leftOut(preceding: readonly Preceding[], { name, build, place }: TaskFacts): string | undefined {
  const ended = preceding
    .flatMap((each) => stepsAt(build.steps, place, each))
    .find(({ endsHere }) => endsHere === true);
  if (ended !== undefined) return `${ended.key} let nothing go on: ${ended.reason}`;
  if (roleOfState(name) !== "publication" || build.state === "running") return undefined;
  const looked = build.steps.find((step) => step.name === fixedState.checkIfReposChanged);
  return looked?.state === "succeeded" ? "the build changed nothing that users download" : undefined;
}

/** What has failed and leaves out what follows it: steps of its own branch, and of those around it. */
function blockedBy(preceding: readonly Preceding[], { build, place }: TaskFacts): Missed | undefined {
  const failed = preceding
    .filter(({ part }) => part.kind === "activity" || part.kind === "approval")
    .flatMap((each) => stepsAt(build.steps, place, each))
    .concat(build.steps.filter((step) => isList(step) && sharePlace(place, step, "version")))
    .filter(({ state }) => state === "failed");
  const [first] = failed;
  if (first === undefined) return undefined;
  if (first.kind !== "approval") return { by: "failure", tasks: failed.map(({ key }) => key) };
  if (first.error !== ErrorName.rejected) return { by: "no answer", task: first.key };
  return { by: "rejection", task: first.key, said: messageOf(first) };
}

/** Without a version's platforms nothing of it is done. */
const isList = (step: Step): boolean => step.name === fixedState.getPlatformsForVersion;

/** What a part of the flow has come to at the places that both share. */
const stepsAt = (steps: readonly Step[], place: Place, { part, within }: Preceding): Step[] => {
  const names = new Set(stepsOf(part).map(({ name }) => name));
  return steps.filter((step) => names.has(step.name) && sharePlace(place, step, within));
};

function beforeIt(preceding: readonly Preceding[], facts: TaskFacts): StepBefore[] {
  const { build, place, now } = facts;
  const begun = build.steps.filter((step) => !isFinished(step) && !isVersionsOwn(step, facts));
  const parts = preceding.map((each) => ({ ...each, steps: stepsAt(build.steps, place, each) }));
  const going = parts.flatMap(({ steps }) => steps).filter((step) => !isFinished(step));
  const others = begun.filter(
    (step) => step.kind === "function" && sharePlace(place, step, step.per === "build" ? "build" : "version"),
  );
  const unborn = parts.filter(({ steps }) => steps.length === 0);
  return [
    ...[...others, ...going].map((step) => ({ task: step.key, says: whatItDoes(step, now) })),
    ...unborn.flatMap(({ part, within }) =>
      stepsOf(part).map(({ name }) => ({ task: taskName(name, outerPlace(place, within)), says: null })),
    ),
  ];
}

/** Why it waits is told of it where it is asked for. */
function whatItDoes({ deferred: _why, ...step }: Step, now: Date): string {
  return describeStep(step, now).words;
}

/** A function that another version waits for. */
const isVersionsOwn = (step: Step, { place }: TaskFacts): boolean =>
  step.per !== "build" && !sharePlace(place, step, "version");

/** The part of a place that is within another kind of place. */
function outerPlace(place: Place, within: Place["per"]): Place {
  const [version, platform] = placeWords(place);
  if (within === "build" || version === undefined) return { per: "build" };
  if (within === "version" || platform === undefined) return { per: "version", version };
  return { per: "platform", version, platform };
}

/** How a build ended before its tasks had. */
export function buildEnd({ state, error, cause }: BuildHistory): Missed {
  if (state === "timed out") return { by: "time" };
  if (state === "aborted") return { by: "stop", who: stoppedBy({ state, cause }) ?? cause ?? null };
  const [first = ""] = wordsOf(error, cause).split(": ");
  return { by: "end", error: first };
}

const wordsOf = (error: string | undefined, cause: string | undefined): string =>
  readFailure({ ...(error !== undefined && { Error: error }), ...(cause !== undefined && { Cause: cause }) }).error;

const messageOf = ({ error = "", cause }: Step): string => wordsOf(error, cause).slice(error.length).replace(/^, /, "");
