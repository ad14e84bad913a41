import { type BuildHistory, type Step, unreadBuild } from "@muster/history";
import {
  activityOfTask,
  fixedState,
  nearestWord,
  type Pipeline,
  type Place,
  stepsOf,
  taskName,
} from "@muster/pipeline";
import { counted } from "../counted.ts";
import { type BuildSummary, findBuild, listBuilds, nothingBuilt } from "../history/find-build.ts";
import { loadBuild } from "../history/load-build.ts";
import type { Stage } from "../stages/stage.ts";
import { UnreadableBuildError } from "../unreadable-build-error.ts";
import { UsageError } from "../usage-error.ts";

/** How many builds back a task is looked for. */
const BUILDS = 20;

/** A task of a build. */
export interface FoundTask {
  readonly summary: BuildSummary;
  readonly build: BuildHistory;
  readonly task: string;
  readonly name: string;
  readonly place: Place;
  /** Undefined where the build has not come to it. */
  readonly step: Step | undefined;
}

/**
 * The latest build that has, or would come to, a task: by its name, its beginning where that is one task's alone, or the worker that had it.
 * @throws UsageError when there is none, with the nearest name
 */
export async function findTaskOfBuild(stage: Stage, asked: string, build: string | undefined): Promise<FoundTask> {
  const builds = build === undefined ? await listBuilds(stage, { max: BUILDS }) : [await findBuild(stage, build)];
  if (builds.length === 0) throw nothingBuilt(stage);
  const known = new Set<string>();
  let unreadable: UnreadableBuildError | undefined;
  for (const summary of builds) {
    const history = await loadBuild(stage, summary.executionArn).catch((error: unknown) => {
      if (!(error instanceof UnreadableBuildError)) throw error;
      // The others may have it.
      unreadable ??= error;
      return unreadBuild;
    });
    const found = stepAsked(history, asked) ?? stepToCome(history, asked, stage.pipeline);
    if (found !== undefined) return { summary, build: history, ...found };
    for (const { key } of history.steps) known.add(key);
  }
  if (unreadable !== undefined) throw unreadable;
  throw unknownTask(asked, { known: [...known], build, builds: builds.length });
}

type FoundStep = Pick<FoundTask, "task" | "name" | "place" | "step">;

function stepAsked({ steps }: BuildHistory, asked: string): FoundStep | undefined {
  const exact = steps.find(({ key }) => key === asked);
  const byWorker = steps.findLast(({ attempts }) => attempts.some(({ instance }) => instance === asked));
  const step = exact ?? byWorker ?? onlyOneOf(steps, asked);
  return step && { task: step.key, name: step.name, place: step, step };
}

/** @throws UsageError when several begin so */
function onlyOneOf(steps: readonly Step[], asked: string): Step | undefined {
  const beginning = steps.filter(({ key }) => key.startsWith(`${asked}-`));
  const [first] = beginning;
  if (beginning.length <= 1) return first;
  throw new UsageError(`"${asked}" is the beginning of ${beginning.length} tasks' names`, {
    hint: `name one of them, like ${first?.key}`,
  });
}

/** A step that the build was asked for, and has not come to. */
function stepToCome(build: BuildHistory, asked: string, pipeline: Pipeline): FoundStep | undefined {
  const { input } = build;
  if (input === undefined) return undefined;
  const name = activityOfTask(asked);
  const known = [...stepsOf(pipeline.flow).map((step) => step.name), ...functionSteps];
  if (!known.includes(name)) return undefined;
  const places: Place[] = [
    { per: "build" },
    ...input.versions.flatMap((version): Place[] => [
      { per: "version", version },
      ...platformIn(asked.slice(`${name}-${version}-`.length), input.platforms, pipeline).map(
        (platform) => ({ per: "platform", version, platform }) as const,
      ),
    ]),
  ];
  const place = places.find((each) => taskName(name, each) === asked);
  if (place === undefined || !isPlaceOf(name, place, pipeline)) return undefined;
  return { task: asked, name, place, step: undefined };
}

const functionSteps: readonly string[] = [
  fixedState.getPlatformsForVersion,
  fixedState.checkIfReposChanged,
  fixedState.updateIndices,
  fixedState.invalidateCloudFront,
  fixedState.normalizeResults,
  fixedState.checkForFailures,
];

/** Whether a step is of such places: an activity says so itself. */
function isPlaceOf(name: string, place: Place, { activities }: Pipeline): boolean {
  const activity = activities.find((each) => each.name === name);
  return activity === undefined || activity.per === place.per;
}

function platformIn(word: string, asked: readonly string[], { platforms }: Pipeline): string[] {
  if (asked.length > 0) return asked.includes(word) ? [word] : [];
  const isOne = platforms.kind === "fixed" ? platforms.names.includes(word) : platforms.pattern.test(word);
  return isOne ? [word] : [];
}

function unknownTask(
  asked: string,
  { known, build, builds }: { known: readonly string[]; build: string | undefined; builds: number },
): UsageError {
  const where = build === undefined ? `the last ${counted(builds, "build")}` : `the build ${build}`;
  const nearest = nearestWord(asked, known);
  return new UsageError(`there is no task "${asked}" in ${where}`, {
    hint: nearest === undefined ? "muster status lists a build's tasks" : `did you mean ${nearest}?`,
  });
}
