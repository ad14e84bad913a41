import type { S3Client } from "@aws-sdk/client-s3";
import { platformsOfVersion, supportedPlatforms } from "@muster/lambdas";
import {
  type Activity,
  type BuildInput,
  nearestWord,
  type Pipeline,
  type Place,
  parseBuildInput,
  placeOf,
  schemeOf,
  type Task,
  taskAt,
  taskName,
  unreachable,
} from "@muster/pipeline";
import { UsageError } from "../usage-error.ts";

/** A task, and the build that would have it. */
export interface FoundTask {
  readonly name: string;
  readonly task: Task;
  readonly build: BuildInput;
}

export interface TaskSource {
  readonly pipeline: Pipeline;
  readonly s3: S3Client;
  /** What else the build around it was told: options, and the versions that a step of the build's own is about. */
  readonly words: readonly string[];
  readonly today: Date;
}

/**
 * Finds a task by its name: `MakeBinaryPackage-1.2.3-debian-12-bookworm`.
 * @throws UsageError when there is none, with the nearest name
 */
export async function findTask(name: string, source: TaskSource): Promise<FoundTask> {
  const { pipeline, s3, words, today } = source;
  const activity = activityIn(name, pipeline);
  const place = await placeIn(name, activity, source);
  const own = place.per === "build" ? [] : [place.version, ...(place.per === "platform" ? [place.platform] : [])];
  const build = parseBuildInput([...own, ...words], pipeline, { today });
  const [version = ""] = build.versions;
  const platforms =
    place.per === "build"
      ? { platforms: [], buildPlatforms: [] }
      : await platformsOfVersion(pipeline, version, { build, s3 });
  const task = taskAt(activity, place, { ...platforms, versions: build.versions, failedVersions: [] });
  return { name: taskName(activity.name, placeOf(task.subject)), task, build };
}

function activityIn(name: string, { activities }: Pipeline): Activity {
  const [step = ""] = name.split("-");
  const found = activities.find((activity) => activity.name === step);
  if (found !== undefined) return found;
  const names = activities.map((activity) => activity.name);
  const nearest = nearestWord(step, names);
  throw new UsageError(`there is no step "${step}"`, {
    hint:
      nearest === undefined ? `there are ${names.join(", ")}` : `did you mean ${nearest}${name.slice(step.length)}?`,
  });
}

async function placeIn(name: string, activity: Activity, source: TaskSource): Promise<Place> {
  const rest = name.slice(activity.name.length + 1);
  const scheme = schemeOf(source.pipeline);
  switch (activity.per) {
    case "build":
      if (rest === "") return { per: "build" };
      throw new UsageError(`${activity.name} runs once in a build, and has no task "${name}"`, {
        hint: `name the versions as words of their own: muster task ${activity.name} ${scheme.examples[0]}`,
      });
    case "version":
      if (scheme.parse(rest) === rest) return { per: "version", version: rest };
      throw new UsageError(`"${rest}" is no version that ${activity.name} could be about`, {
        hint: `its tasks are called like ${taskName(activity.name, { per: "version", version: scheme.examples[0] })}`,
      });
    case "platform":
      return platformIn(rest, activity, source);
    default:
      return unreachable(activity);
  }
}

/** Versions and platforms both hold dashes: what is the platform, the version's list says. */
async function platformIn(rest: string, { name }: Activity, { pipeline, s3 }: TaskSource): Promise<Place> {
  const { parse, examples } = schemeOf(pipeline);
  const parts = rest.split("-");
  const splits = parts
    .map((_, index) => ({ version: parts.slice(0, index + 1).join("-"), platform: parts.slice(index + 1).join("-") }))
    .filter(({ version }) => parse(version) === version);
  const known = await Promise.all(splits.map(async ({ version }) => supportedPlatforms(pipeline, version, s3)));
  const found = splits.find(({ platform }, index) => known[index]?.includes(platform));
  if (found !== undefined) return { per: "platform", ...found };
  const called = ([version, platform]: readonly [string, string]) =>
    taskName(name, { per: "platform", version, platform });
  const [first] = splits;
  if (first === undefined) {
    throw new UsageError(`"${rest}" is no version and platform that ${name} could be about`, {
      hint: `its tasks are called like ${called([examples[0], fixedPlatform(pipeline)])}`,
    });
  }
  const [platforms = []] = known;
  const nearest = nearestWord(first.platform, platforms);
  const unknown = `${first.version} does not have the platform "${first.platform}"`;
  throw new UsageError(first.platform === "" ? `${name} runs for each platform, and "${rest}" names none` : unknown, {
    hint: `${nearest === undefined ? "there are" : "did you mean"} ${(nearest === undefined ? platforms : [nearest])
      .map((platform) => called([first.version, platform]))
      .join(", ")}${nearest === undefined ? "" : "?"}`,
  });
}

const fixedPlatform = ({ platforms }: Pipeline): string =>
  (platforms.kind === "fixed" ? platforms.names[0] : undefined) ?? "debian-12-bookworm";
