import type { S3Client } from "@aws-sdk/client-s3";
import { platformsOfVersion, supportedPlatforms } from "@muster/lambdas";
import {
  type Activity,
  activityOfTask,
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
  const step = activityOfTask(name);
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
  const { parse, examples } = schemeOf(source.pipeline);
  const rest = name.slice(activity.name.length + 1);
  switch (activity.per) {
    case "build":
      if (rest === "") return { per: "build" };
      throw new UsageError(`${activity.name} runs once in a build, and has no task "${name}"`, {
        hint: `name the versions as words of their own: muster task ${activity.name} ${examples[0]}`,
      });
    case "version": {
      const version = parse(rest);
      if (version !== undefined) return { per: "version", version };
      throw new UsageError(`"${rest}" is no version that ${activity.name} could be about`, {
        hint: `its tasks are called like ${taskName(activity.name, { per: "version", version: examples[0] })}`,
      });
    }
    case "platform":
      return platformIn(rest, activity, source);
    default:
      return unreachable(activity);
  }
}

/** Versions and platforms both hold dashes: what is the platform, the version's list says. */
async function platformIn(rest: string, { name }: Activity, { pipeline, s3 }: TaskSource): Promise<Place> {
  const splits = await Promise.all(
    splitsOf(rest, pipeline).map(async (split) => ({
      ...split,
      platforms: await supportedPlatforms(pipeline, split.version, s3),
    })),
  );
  const found = splits.find(({ platform, platforms }) => platforms.includes(platform));
  if (found !== undefined) return { per: "platform", version: found.version, platform: found.platform };
  const called = (version: string, platform: string) => taskName(name, { per: "platform", version, platform });
  const meant = splits.findLast(({ platform, platforms }) => nearestWord(platform, platforms) !== undefined);
  const likely = meant ?? splits[0];
  if (likely === undefined) {
    throw new UsageError(`"${rest}" is no version and platform that ${name} could be about`, {
      hint: `its tasks are called like ${called(schemeOf(pipeline).examples[0], fixedPlatform(pipeline))}`,
    });
  }
  const { version, platform, platforms } = likely;
  const nearest = nearestWord(platform, platforms);
  const unknown = `${version} does not have the platform "${platform}"`;
  throw new UsageError(platform === "" ? `${name} runs for each platform, and "${rest}" names none` : unknown, {
    hint: `${nearest === undefined ? "there are" : "did you mean"} ${(nearest === undefined ? platforms : [nearest])
      .map((each) => called(version, each))
      .join(", ")}${nearest === undefined ? "" : "?"}`,
  });
}

/** All versions that a text can begin with, and what is left of it then. */
function splitsOf(text: string, pipeline: Pipeline): { version: string; platform: string }[] {
  const parts = text.split("-");
  return parts.flatMap((_, index) => {
    const version = schemeOf(pipeline).parse(parts.slice(0, index + 1).join("-"));
    return version === undefined ? [] : [{ version, platform: parts.slice(index + 1).join("-") }];
  });
}

const fixedPlatform = ({ platforms }: Pipeline): string =>
  (platforms.kind === "fixed" ? platforms.names[0] : undefined) ?? "debian-12-bookworm";
