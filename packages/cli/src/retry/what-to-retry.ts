import { type BuildHistory, isDone, type Step } from "@muster/history";
import {
  type Activity,
  type Approval,
  activitiesOf,
  approvalsOf,
  type MadeAgain,
  type Pipeline,
  type Place,
  type Platform,
  placeWords,
  precedingOf,
  type RetryOf,
  roleOfState,
  sharePlace,
  stepsOf,
  taskName,
} from "@muster/pipeline";

/** A task that a retry comes to, or those of all platforms of a version whose platforms are not known. */
export interface RetriedTask {
  /** Its name; of all platforms, what their names begin with. */
  readonly task: string;
  readonly allPlatforms: boolean;
  readonly step: string;
  readonly place: Place;
  readonly why:
    | "failed"
    | "was cut off"
    | "ran without what failed"
    | "waited for what failed"
    | "was not started"
    | "to be made again"
    | "gets what is made again";
}

/**
 * What a build that has ended without success left undone: what failed or was cut off, what succeeded without that although it comes behind it, and what
 * waited for it.
 */
export function whatToRetry(build: BuildHistory, pipeline: Pipeline): RetriedTask[] {
  const known = new Map(build.steps.map((step) => [step.key, step]));
  const undone = (step: Activity | Approval) =>
    placesIn(step.name, perOf(step, pipeline), build)
      .filter(
        (place) =>
          !isOver(known.get(taskName(step.name, place))) && !isNeedless({ step: step.name, place }, build, pipeline),
      )
      .map((place) => ({ step: step.name, place }));
  const anyFailed = build.steps.some(({ state }) => state === "failed");
  const all = stepsOf(pipeline.flow).flatMap(undone);
  const tasks = activitiesOf(pipeline.flow)
    .filter(isAsked(build))
    .flatMap(({ name, per }) => placesIn(name, per, build).map((place) => ({ step: name, place, per })))
    .flatMap(({ per, ...at }): RetriedTask[] => {
      const task = taskName(at.step, at.place);
      const step = known.get(task);
      if (step === undefined && isNeedless(at, build, pipeline)) return [];
      const why = whyRetried(step, { behind: () => isBehind(at, all, pipeline), anyFailed });
      return why === undefined ? [] : [{ task, allPlatforms: per !== at.place.per, ...at, why }];
    });
  const published = build.steps.filter((step) => roleOfState(step.name) === "publication" && !isDone(step));
  return [
    ...tasks,
    ...published.map((step) => ({
      task: step.key,
      allPlatforms: false,
      step: step.name,
      place: { per: "build" } as const,
      why: failureOf(step),
    })),
  ];
}

/** Tasks of the steps that the retry makes again besides, though they were done. */
export function madeAgainBesides(
  build: BuildHistory,
  { pipeline, rerun = {}, tasks }: { pipeline: Pipeline; rerun?: MadeAgain | undefined; tasks: readonly RetriedTask[] },
): RetriedTask[] {
  const known = new Set(tasks.map(({ task }) => task));
  return activitiesOf(pipeline.flow).flatMap(({ name, per }) => {
    const after = rerun[name];
    if (after === undefined) return [];
    const why = after.length === 0 ? "to be made again" : "gets what is made again";
    return placesIn(name, per, build)
      .map(
        (place) => ({ task: taskName(name, place), allPlatforms: per !== place.per, step: name, place, why }) as const,
      )
      .filter(({ task }) => !known.has(task));
  });
}

const isAsked =
  ({ input }: BuildHistory) =>
  ({ name }: Activity): boolean =>
    input === undefined || input.activities.length === 0 || input.activities.includes(name);

function whyRetried(
  step: Step | undefined,
  { behind, anyFailed }: { behind: () => boolean; anyFailed: boolean },
): RetriedTask["why"] | undefined {
  // Where nothing failed, somebody stopped the build before it came to the step.
  if (step === undefined) return anyFailed ? "waited for what failed" : "was not started";
  if (!isDone(step)) return failureOf(step);
  if (!behind()) return undefined;
  return step.state === "succeeded" ? "ran without what failed" : "waited for what failed";
}

const failureOf = ({ state }: Step): RetriedTask["why"] => (state === "failed" ? "failed" : "was cut off");

/** Whether an approval before it found that nothing would run. */
function isNeedless(at: StepAt, { steps }: BuildHistory, pipeline: Pipeline): boolean {
  const ends = steps.filter(({ endsHere }) => endsHere === true).map((step) => ({ step: step.name, place: step }));
  return ends.length > 0 && isBehind(at, ends, pipeline);
}

/** Whether nothing is left of it to do. */
const isOver = (step: Step | undefined): boolean => step !== undefined && isDone(step);

interface StepAt {
  readonly step: string;
  readonly place: Place;
}

/** Whether something undone comes before a task. */
function isBehind({ step, place }: StepAt, undone: readonly StepAt[], { flow }: Pipeline): boolean {
  return (precedingOf(flow, step) ?? []).some(({ part, within }) => {
    const names = new Set(stepsOf(part).map(({ name }) => name));
    return undone.some((each) => names.has(each.step) && sharePlace(place, each.place, within));
  });
}

function perOf(step: Activity | Approval, { flow }: Pipeline): Place["per"] {
  if (step.kind === "activity") return step.per;
  return approvalsOf(flow).find(({ name }) => name === step.name)?.per ?? "build";
}

/** Where a step of a build is: at platforms as far as the build has come to any of them, or was told. */
function placesIn(step: string, per: Place["per"], build: BuildHistory): Place[] {
  const versions = build.input?.versions ?? [];
  switch (per) {
    case "build":
      return [{ per }];
    case "version":
      return versions.map((version) => ({ per, version }));
    case "platform":
      return versions.flatMap((version): Place[] => {
        const platforms = platformsOf(version, build);
        // Whatever platforms it turns out to have.
        if (platforms.length === 0) return [{ per: "version", version }];
        return platforms.map((platform) => ({ per: "platform", version, platform }));
      });
    default:
      throw new TypeError(`${step} is per ${per satisfies never}`);
  }
}

function platformsOf(version: string, { steps, input }: BuildHistory): Platform[] {
  const named = input?.platforms ?? [];
  const seen = steps.flatMap((step) => (step.per === "platform" && step.version === version ? [step.platform] : []));
  return [...new Set([...seen, ...named])];
}

/** As the new build's input says it: in few words where all platforms of a version have the same to do. */
export function retryOf(name: string, tasks: readonly RetriedTask[], build: BuildHistory): RetryOf {
  const named = (isMeant: (task: RetriedTask) => boolean) => shortened(tasks.filter(isMeant), build);
  const waits = ({ why }: RetriedTask) => why === "waited for what failed" || why === "was not started";
  return {
    build: name,
    again: named((task) => !waits(task)),
    waited: named(waits),
    ...wasToMakeAgain(build),
  };
}

/** A retry that is retried still owes what the first build was to make again. */
function wasToMakeAgain({ input }: BuildHistory): Pick<RetryOf, "rerun" | "force"> {
  const rerun = { ...input?.retry?.rerun, ...input?.rerun };
  const force = input?.force ?? input?.retry?.force;
  return { ...(Object.keys(rerun).length > 0 && { rerun }), ...(force && { force }) };
}

function shortened(tasks: readonly RetriedTask[], build: BuildHistory): string[] {
  const names = tasks.map(({ task, step, place }) => {
    if (place.per !== "platform") return task;
    const { version } = place;
    const alike = tasks.filter((other) => other.step === step && placeWords(other.place)[0] === version);
    const isAll = alike.length === platformsOf(version, build).length && alike.length > 1;
    return isAll ? taskName(step, { per: "version", version }) : task;
  });
  return [...new Set(names)];
}
