import { supportedPlatforms } from "@muster/lambdas";
import { nearestWord, parseVersion, type Version } from "@muster/pipeline";
import { explainError } from "../explain-error.ts";
import { nothingBuilt } from "../history/find-build.ts";
import { latestVersions } from "../history/latest-versions.ts";
import type { Stage } from "../stages/stage.ts";
import { UsageError } from "../usage-error.ts";
import type { Artifact } from "./artifact.ts";
import { type Candidates, candidatesOf, suiteFolders } from "./candidates.ts";
import { type ExpectedTask, expectedTasks } from "./expected-objects.ts";
import { lookAt } from "./look-at.ts";
import { type RecordedUploads, recordedUploads } from "./recorded-uploads.ts";
import type { TaskPlace } from "./task-place.ts";

/** All that is known of what a version's steps made. */
export interface VersionArtifacts {
  readonly version: Version;
  /** Those of a task together, in the pipeline's order. */
  readonly artifacts: readonly Artifact[];
  /** In the pipeline's order. */
  readonly tasks: readonly TaskPlace[];
  /** URIs of the folders of suites that the definition names. */
  readonly suites: readonly string[];
  /** What could not be read, a line each. */
  readonly unread: readonly string[];
}

/**
 * What a version's steps produced and published: all that attempts recorded, what the definition names, and what files of checksums and indices name
 * beside that.
 * @throws UsageError for a version that nothing is known of, with the nearest one
 */
export async function findArtifacts(stage: Stage, word: string): Promise<VersionArtifacts> {
  try {
    return await artifactsOf(stage, word);
  } catch (error) {
    // On this machine the buckets come with the first build.
    if (stage.movedBy !== "aws" && error instanceof Error && error.name === "NoSuchBucket") throw nothingBuilt(stage);
    throw error;
  }
}

async function artifactsOf(stage: Stage, word: string): Promise<VersionArtifacts> {
  const { pipeline, description } = stage;
  const version = parseVersion(word, pipeline);
  const unread: string[] = [];
  const records = await recordedUploads(stage, version, pipeline);
  const platforms = await platformsOf(stage, { version, records, unread });
  const expected = expectedTasks(pipeline, version, { platforms, buckets: description.buckets });
  const candidates = await candidatesOf(stage, { records, expected });
  const artifacts = await lookAt(stage, candidates, records);
  if (artifacts.length === 0 && !records.hasAttempts) await refuseUnknown(stage, version);
  const tasks = tasksOf(expected, candidates);
  const order = new Map(tasks.map(({ task }, index) => [task, index]));
  const place = ({ task }: Artifact) => order.get(task) ?? tasks.length;
  return {
    version,
    artifacts: artifacts.toSorted((one, other) => place(one) - place(other) || (one.uri < other.uri ? -1 : 1)),
    tasks,
    suites: suiteFolders(expected, description),
    unread: [...unread, ...records.unread],
  };
}

interface OfVersion {
  readonly version: Version;
  /** Takes a line for what cannot be told. */
  readonly unread: string[];
}

/** Where the list of platforms cannot be had, those that records name. */
async function platformsOf(
  { pipeline, s3 }: Stage,
  { version, records, unread }: OfVersion & { readonly records: RecordedUploads },
): Promise<readonly string[]> {
  try {
    return await supportedPlatforms(pipeline, version, await s3());
  } catch (error) {
    unread.push(
      `the platforms of ${version} are not known, so those of its attempts count: ${explainError(error).message}`,
    );
    return [...new Set(records.uploads.flatMap(({ maker }) => maker.platform ?? []))];
  }
}

/** Those of the definition, and behind them those that a former one had. */
function tasksOf(expected: readonly ExpectedTask[], candidates: Candidates): TaskPlace[] {
  const known = new Set(expected.map(({ task }) => task));
  const former = [...candidates.values()].filter(({ task }) => !known.has(task));
  return [...expected, ...new Map(former.map((each) => [each.task, each])).values()].map(
    ({ task, step, platform }) => ({
      task,
      step,
      platform,
    }),
  );
}

async function refuseUnknown(stage: Stage, version: Version): Promise<void> {
  const known = await latestVersions(stage, { builds: KNOWN_BUILDS });
  if (known.includes(version)) return;
  const nearest = nearestWord(version, known);
  throw new UsageError(`nothing of a version ${version} was built here`, {
    hint: nearest === undefined ? "muster status --list shows the latest builds" : `did you mean ${nearest}?`,
  });
}

/** How many builds back a version is looked for: a request each. */
const KNOWN_BUILDS = 20;
