import {
  type BuildInput,
  objectsOf,
  type Per,
  type Pipeline,
  type Published,
  placeOf,
  type S3Object,
  type StageDescription,
  type Subject,
  s3Url,
  type Task,
  taskEnvironment,
  taskName,
  tasksOf,
} from "@muster/pipeline";
import type { ObjectFacts } from "./head-object.ts";

/** What tells whether something would be made otherwise now. */
export interface Making {
  readonly pipeline: Pipeline;
  /** SHA-256 in hex of what a task of an activity would run now; undefined where that is not known. */
  readonly scriptOf: (activity: string) => string | undefined;
  readonly factsOf: (evidence: Published) => Promise<ObjectFacts | undefined>;
}

interface Circumstances {
  readonly build: BuildInput;
  readonly buckets: StageDescription["buckets"];
  readonly making: Making;
}

/** Of what was read, as many are looked at. */
const MOST_SOURCES = 3;

/**
 * What has changed since what is there of a task was made: `made by another script and of other sources: s3://…`; undefined where nothing has, or nothing tells.
 * It goes by what the task itself has uploaded of what it makes, or another has passed on: a package that an index names was put there by whoever publishes.
 */
export async function whatChanged<P extends Per>(
  task: Task<P>,
  { build, buckets, making }: Circumstances,
): Promise<string | undefined> {
  const { activity, subject } = task;
  const name = taskName(activity.name, placeOf(subject));
  const evidence: readonly Published[] = [
    ...(activity.produces?.(subject) ?? []),
    ...(activity.publishes?.(subject) ?? []),
  ];
  const found = await Promise.all(evidence.map((each) => making.factsOf(each).catch(() => undefined)));
  const makers = found.flatMap((each) => [each?.made, each?.madeFirst]);
  const made = makers.flatMap((maker) => (maker?.task === name ? [maker] : []));
  if (made.length === 0) return undefined;
  const script = making.scriptOf(activity.name);
  const env = environmentNow(task, { build, buckets, making });
  const others = Object.keys(env).filter((key) => made.some((each) => each.hadAnother(key, env[key] ?? "")));
  const read = sourcesOf(subject, making.pipeline)
    .map((object) => ({ object, url: s3Url(object, buckets) }))
    .filter(({ url }) => made.some((each) => each.hasRead(url)))
    .slice(0, MOST_SOURCES);
  const isOther = await Promise.all(
    read.map(async ({ object, url }) => {
      const sha256 = (await making.factsOf(object).catch(() => undefined))?.sha256;
      return sha256 !== undefined && made.some((each) => each.hasRead(url) && !each.isOf(url, sha256));
    }),
  );
  const sources = read.filter((_, index) => isOther[index]).map(({ url }) => url);
  const parts = [
    ...(script !== undefined && made.some((each) => !each.isOfScript(script)) ? ["by another script"] : []),
    ...(others.length > 0 ? [`with another ${others.join(", ")}`] : []),
    ...(sources.length > 0 ? [`of other sources: ${sources.join(", ")}`] : []),
  ];
  return parts.length === 0 ? undefined : `made ${parts.join(" and ")}`;
}

/** Whether a reason says that what is there was made otherwise. */
export const isMadeOtherwise = (reason: string): boolean =>
  /(, |; what is there was )made (by another script|with another |of other sources: )/.test(reason);

function environmentNow<P extends Per>(
  task: Task<P>,
  { build, buckets, making }: Circumstances,
): Readonly<Record<string, string>> {
  try {
    return taskEnvironment(making.pipeline, task, { build, buckets });
  } catch {
    // A task that is skipped needs none; of one that runs it is told.
    return {};
  }
}

/** What other steps make of the same version, and of the same platform where it is about one. */
function sourcesOf(subject: Subject, { activities }: Pipeline): S3Object[] {
  if (subject.per === "build") return [];
  const { version, platforms } = subject;
  const here = subject.per === "platform" ? [subject.platform] : platforms;
  return activities
    .filter(({ per }) => per !== "build")
    .flatMap((activity) => tasksOf(activity, [{ version, platforms, buildPlatforms: here }]))
    .flatMap(<Q extends Per>(task: Task<Q>) => objectsOf(task.activity, task.subject));
}
