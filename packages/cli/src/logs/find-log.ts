import { DescribeLogStreamsCommand, ResourceNotFoundException } from "@aws-sdk/client-cloudwatch-logs";
import { type HistoryReader, historyReader, type Step } from "@muster/history";
import { nearestWord, workerLogStream } from "@muster/pipeline";
import { counted } from "../counted.ts";
import { type BuildSummary, findBuild, listBuilds, nothingBuilt } from "../history/find-build.ts";
import { loadHistory } from "../history/load-build.ts";
import type { Stage } from "../stages/stage.ts";
import { UnreadableBuildError } from "../unreadable-build-error.ts";
import { UsageError } from "../usage-error.ts";
import type { LogStream } from "./log-reader.ts";

/** How many builds back a task is looked for. */
const BUILDS = 20;

/** The latest build that came to a task, or the one that is named. */
export async function findTask(
  stage: Stage,
  task: string,
  build: string | undefined,
): Promise<{ summary: BuildSummary; history: HistoryReader; step: Step }> {
  const builds = build === undefined ? await listBuilds(stage, { max: BUILDS }) : [await findBuild(stage, build)];
  const seen = new Set<string>();
  let unreadable: UnreadableBuildError | undefined;
  for (const summary of builds) {
    const history = await loadHistory(stage, summary.executionArn).catch((error: unknown) => {
      if (!(error instanceof UnreadableBuildError)) throw error;
      // The others may have had it.
      unreadable ??= error;
      return historyReader();
    });
    const { steps } = history.build;
    const step = steps.find(({ key, kind }) => key === task && kind === "activity");
    if (step !== undefined && (step.attempts.length > 0 || build !== undefined)) return { summary, history, step };
    for (const { key, kind } of steps) if (kind === "activity") seen.add(key);
  }
  if (builds.length === 0) throw nothingBuilt(stage);
  if (unreadable !== undefined) throw unreadable;
  const where = build === undefined ? `the last ${counted(builds.length, "build")}` : `the build ${build}`;
  const nearest = nearestWord(task, [...seen]);
  throw new UsageError(`no worker has had the task "${task}" in ${where}`, {
    hint:
      nearest === undefined || nearest === task ? "muster status lists a build's tasks" : `did you mean ${nearest}?`,
  });
}

/** What `muster logs` was asked for. */
export type FoundLog =
  | { readonly kind: "worker"; readonly instance: string }
  | {
      /** A task of a build, or all of them. */
      readonly kind: "tasks";
      readonly summary: BuildSummary;
      readonly history: HistoryReader;
      /** undefined for the whole build. */
      readonly task: string | undefined;
    };

/**
 * A worker by its instance id, a task by its name, or a build by its name or the beginning of it.
 * @throws UsageError for a name that is none of these, with the nearest that is
 */
export async function findLog(stage: Stage, name: string, build: string | undefined): Promise<FoundLog> {
  if (/^i-[0-9a-f]+$/.test(name)) {
    if (build === undefined) return { kind: "worker", instance: name };
    throw new UsageError("--build goes with a task: a worker may have had tasks of several builds");
  }
  if (isTaskName(stage, name) || build !== undefined) {
    const { step, ...found } = await findTask(stage, name, build);
    return { kind: "tasks", ...found, task: step.key };
  }
  const builds = await listBuilds(stage, { max: KNOWN_BUILDS });
  if (builds.length === 0) throw nothingBuilt(stage);
  if (!builds.some((known) => known.name.startsWith(name))) throw await unknownName(stage, name, builds);
  const summary = await findBuild(stage, name);
  return { kind: "tasks", summary, history: await loadHistory(stage, summary.executionArn), task: undefined };
}

const KNOWN_BUILDS = 1000;

const isTaskName = ({ pipeline }: Stage, name: string): boolean =>
  pipeline.activities.some((activity) => name === activity.name || name.startsWith(`${activity.name}-`));

async function unknownName(stage: Stage, name: string, builds: readonly BuildSummary[]): Promise<UsageError> {
  const [latest] = builds as [BuildSummary];
  const tasks = await loadHistory(stage, latest.executionArn).then(
    ({ build }) => build.steps.flatMap(({ kind, key }) => (kind === "activity" ? key : [])),
    () => [],
  );
  const nearest = nearestWord(name, [...tasks, ...builds.map((build) => build.name)]);
  return new UsageError(`"${name}" is no task, worker or build`, {
    hint:
      nearest === undefined
        ? "muster status lists a build's tasks, muster status --list builds"
        : `did you mean ${nearest}?`,
  });
}

/** The stream of an instance, in whichever group of the pipeline's it is. */
export async function findInstanceLog(stage: Stage, instanceId: string): Promise<LogStream> {
  const { description } = stage;
  const logs = await stage.logs();
  const logStreamName = workerLogStream(instanceId);
  for (const logGroupName of Object.values(description.logGroups)) {
    const page = await logs
      .send(new DescribeLogStreamsCommand({ logGroupName, logStreamNamePrefix: logStreamName }))
      .catch((error: unknown) => {
        // Nothing has been built with this pipeline yet.
        if (error instanceof ResourceNotFoundException) return { logStreams: [] };
        throw error;
      });
    if (page.logStreams?.some((stream) => stream.logStreamName === logStreamName))
      return { logGroupName, logStreamName };
  }
  throw await unknownWorker(stage, instanceId);
}

/** Those of the latest build are known by its history. */
async function unknownWorker(stage: Stage, instanceId: string): Promise<UsageError> {
  const [latest] = await listBuilds(stage, { max: 1 });
  const steps = latest === undefined ? [] : (await loadHistory(stage, latest.executionArn)).build.steps;
  const had = steps.flatMap(({ key, attempts }) =>
    attempts.flatMap(({ instance }, index) => (instance === undefined ? [] : [{ key, instance, number: index + 1 }])),
  );
  const attempt = had.find(({ instance }) => instance === instanceId);
  if (attempt !== undefined) {
    return new UsageError(`the log of the worker ${instanceId} is gone, or has not begun`, {
      hint: `muster logs ${attempt.key} --attempt ${attempt.number} shows what its record keeps of that task`,
    });
  }
  const nearest = nearestWord(
    instanceId,
    had.map(({ instance }) => instance),
  );
  return new UsageError(`no worker ${instanceId} has written a log`, {
    hint: nearest === undefined ? "muster status shows which workers had which tasks" : `did you mean ${nearest}?`,
  });
}
