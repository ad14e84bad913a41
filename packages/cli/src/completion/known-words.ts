import type { Step } from "@muster/history";
import { approvalsOf, type Pipeline } from "@muster/pipeline";
import { buildOptionSummaries } from "../build-option-summaries.ts";
import type { Context } from "../context.ts";
import { listBuilds } from "../history/find-build.ts";
import { latestVersions } from "../history/latest-versions.ts";
import { loadBuild } from "../history/load-build.ts";
import type { Stage } from "../stages/stage.ts";
import type { WordKind } from "./completion-place.ts";

/** A word with what a shell may show beside it. */
export type Candidate = readonly [word: string, description: string];

const LATEST = 20;

/** The builds, tasks, steps, versions and platforms that a word may name: of the pipeline, and of the latest builds of its stage. */
export async function knownWords(
  kind: Exclude<WordKind, "command" | "file" | "shell">,
  context: Context,
): Promise<Candidate[]> {
  switch (kind) {
    case "build":
      return latestBuilds(await reading(context));
    case "task":
      return tasksOf(await latestSteps(await reading(context)));
    case "log": {
      const stage = await reading(context);
      const steps = await latestSteps(stage);
      return [...tasksOf(steps), ...(await latestBuilds(stage)), ...workersOf(steps)];
    }
    case "step":
      return stepsOf((await context.loadStagePipeline()).pipeline);
    case "activity":
      return activitiesOf((await context.loadStagePipeline()).pipeline);
    case "version":
      return versionsOf(await reading(context));
    case "words": {
      const { pipeline } = await context.loadStagePipeline();
      const versions = await versionsOf(await reading(context)).catch(() => []);
      return [...stepsOf(pipeline), ...platformsOf(pipeline), ...versions, ...Object.entries(buildOptionSummaries)];
    }
  }
}

const reading = (context: Context): Promise<Stage> => context.openStage({ to: "read" });

const activitiesOf = ({ activities }: Pipeline): Candidate[] =>
  activities.map(({ name, per }): Candidate => [name, `step, per ${per}`]);

const stepsOf = (pipeline: Pipeline): Candidate[] => [
  ...activitiesOf(pipeline),
  ...approvalsOf(pipeline.flow).map(({ name, summary }): Candidate => [name, summary]),
];

const platformsOf = ({ platforms }: Pipeline): Candidate[] =>
  platforms.kind === "fixed" ? platforms.names.map((name): Candidate => [name, "platform"]) : [];

const versionsOf = async (stage: Stage): Promise<Candidate[]> =>
  (await latestVersions(stage, { builds: LATEST })).map((version) => [version, "version"]);

async function latestBuilds(stage: Stage): Promise<Candidate[]> {
  return (await listBuilds(stage, { max: LATEST })).map(({ name, status }) => [name, status.toLowerCase()]);
}

async function latestSteps(stage: Stage): Promise<readonly Step[]> {
  const [latest] = await listBuilds(stage, { max: 1 });
  return latest === undefined ? [] : (await loadBuild(stage, latest.executionArn)).steps;
}

const workersOf = (steps: readonly Step[]): Candidate[] =>
  steps.flatMap(({ key, attempts }) =>
    attempts.flatMap(({ instance }): Candidate[] => (instance === undefined ? [] : [[instance, `had ${key}`]])),
  );

const tasksOf = (steps: readonly Step[]): Candidate[] =>
  steps.filter(({ kind }) => kind !== "function").map(({ key, state }): Candidate => [key, state]);
