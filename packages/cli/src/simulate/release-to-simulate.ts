import { platformsOfVersion } from "@muster/lambdas";
import {
  type BuildInput,
  type BuildVersion,
  fixedPlatforms,
  type Pipeline,
  parseBuildInput,
  taskName,
  tasksOfBuild,
  wordsOf,
} from "@muster/pipeline";
import type { Release } from "@muster/simulation";
import type { Context } from "../context.ts";
import { parseSpan } from "../parse-span.ts";
import type { Stage } from "../stages/stage.ts";
import { UsageError } from "../usage-error.ts";
import { readDurationsFile, type TaskSeconds, taskTimes } from "./task-seconds.ts";

/** A release as a simulation plays it, and what it goes by. */
export interface ReleaseToSimulate {
  readonly release: Release;
  readonly input: BuildInput;
  readonly times: readonly TaskSeconds[];
  readonly bootFrom: "option" | "records" | "guess";
}

interface ReleaseArguments {
  readonly words: readonly string[];
  readonly durations: string | undefined;
  readonly boot: string | undefined;
}

/** What a worker takes from EC2's answer to its first poll where nothing tells: what the reference pipeline's took. */
const BOOT_SECONDS = 180;

/** Reads the pipeline, the stage's records and the file of durations; what cannot be understood is refused before anything is asked of the stage. */
export async function releaseToSimulate(
  { words, durations: file, boot: span }: ReleaseArguments,
  { loadStagePipeline, openStage, env }: Context,
): Promise<ReleaseToSimulate> {
  const { pipeline } = await loadStagePipeline();
  const input = parseBuildInput([...words], pipeline, { today: new Date() });
  const boot = span === undefined ? undefined : parseBoot(span);
  const durations = file === undefined ? {} : await readDurationsFile(file, { cwd: env.cwd, pipeline });
  const stage = await openStage({ to: "read" });
  const versions = await versionsOf(pipeline, input, stage);
  const tasks = tasksOfBuild(pipeline, versions);
  const { times, boot: recordedBoot } = await taskTimes({ tasks, stage, build: input, durations });
  const seconds = new Map(times.map(({ task, seconds: each }) => [task, each]));
  const release: Release = {
    pipeline: { ...pipeline, platforms: fixedPlatforms(...(versions[0]?.platforms ?? [])) },
    versions: input.versions,
    words: wordsOf(input),
    tasks: new Map(tasks.map((task) => [taskName(task.activity.name, task.subject), task])),
    stage: settingsOf(stage),
    secondsOf: (task) => seconds.get(task) ?? BOOT_SECONDS,
    bootSeconds: boot ?? recordedBoot ?? BOOT_SECONDS,
  };
  const bootFrom = boot !== undefined ? "option" : recordedBoot !== undefined ? "records" : "guess";
  return { release, input, times, bootFrom };
}

/** What of a stage on AWS decides how builds go there; a release that is simulated here is as on a stage that says nothing. */
function settingsOf({ isBilled, description }: Stage): Release["stage"] {
  if (!isBilled) return {};
  const { maxWorkers, maxCostPerHour, spot, policy } = description;
  return {
    ...(maxWorkers !== undefined && { maxWorkers }),
    ...(maxCostPerHour !== undefined && { maxCostPerHour }),
    ...(spot !== undefined && { spot }),
    ...(policy !== undefined && { policy }),
  };
}

/**
 * The versions with their platforms. Where the pipeline lists these at a URL, those that are named are taken as they are.
 * @throws UsageError where versions differ in their platforms: a simulation has one list
 */
async function versionsOf(pipeline: Pipeline, build: BuildInput, { s3 }: Stage): Promise<BuildVersion[]> {
  const { platforms } = build;
  if (pipeline.platforms.kind === "listed" && platforms.length > 0) {
    return build.versions.map((version) => ({ version, platforms, buildPlatforms: platforms }));
  }
  const versions = await Promise.all(
    build.versions.map(async (version) => ({
      version,
      ...(await platformsOfVersion(pipeline, version, { build, s3: await s3() })),
    })),
  );
  const lists = new Set(versions.map((version) => version.platforms.join(" ")));
  if (lists.size <= 1) return versions;
  throw new UsageError(`${build.versions.join(" and ")} do not have the same platforms`, {
    hint: "simulate them one by one, or name platforms",
  });
}

function parseBoot(text: string): number {
  const ms = parseSpan(text);
  if (ms !== undefined && ms > 0) return ms / 1000;
  throw new UsageError(`--boot "${text}" is no span`, { hint: "such as 90s or 3m" });
}
