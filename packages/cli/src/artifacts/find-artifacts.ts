import { supportedPlatforms, versionMatrix } from "@muster/lambdas";
import { nearestWord, parseVersion, type Version } from "@muster/pipeline";
import { explainError } from "../explain-error.ts";
import { latestVersions } from "../history/latest-versions.ts";
import type { Stage } from "../stages/stage.ts";
import { UsageError } from "../usage-error.ts";
import type { Artifact, TaskOfVersion } from "./artifact.ts";
import { type Candidates, candidatesOf } from "./candidates.ts";
import { type ExpectedTask, expectedTasks } from "./expected-objects.ts";
import { lookAt } from "./look-at.ts";
import { type RecordedUploads, recordedUploads } from "./recorded-uploads.ts";

/** All that is known of what a version's steps made. */
export interface VersionArtifacts {
  readonly version: Version;
  /** Those of a task together, in the pipeline's order. */
  readonly artifacts: readonly Artifact[];
  /** In the pipeline's order. */
  readonly tasks: readonly TaskOfVersion[];
  /** What could not be read, a line each. */
  readonly unread: readonly string[];
}

/**
 * What a version's steps produced and published: all that attempts recorded, what the definition names, and what files of checksums and indices name
 * beside that.
 * @throws UsageError for a version that nothing is known of, with the nearest one
 */
export async function findArtifacts(stage: Stage, word: string): Promise<VersionArtifacts> {
  const { pipeline, description } = stage;
  const version = parseVersion(word, pipeline);
  const unread: string[] = [];
  const records = await recordedUploads(stage, version, pipeline);
  const platforms = await platformsOf(stage, { version, records, unread });
  const expected = expectedTasks(pipeline, version, { platforms, buckets: description.buckets });
  const candidates = await candidatesOf(stage, { records, expected });
  const artifacts = await lookAt(stage, candidates, records);
  if (artifacts.length === 0 && !records.hasAttempts) await refuseUnknown(stage, version);
  const tasks = await tasksOf(stage, { version, expected, candidates, unread });
  const order = new Map(tasks.map(({ task }, index) => [task, index]));
  const place = ({ task }: Artifact) => order.get(task) ?? tasks.length;
  return {
    version,
    artifacts: artifacts.toSorted((one, other) => place(one) - place(other) || (one.uri < other.uri ? -1 : 1)),
    tasks,
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
    return await supportedPlatforms(pipeline, version, s3);
  } catch (error) {
    unread.push(
      `the platforms of ${version} are not known, so those of its attempts count: ${explainError(error).message}`,
    );
    return [...new Set(records.uploads.flatMap(({ maker }) => maker.platform ?? []))];
  }
}

/** Those of the definition, and behind them those that a former one had. */
async function tasksOf(
  { pipeline, description, s3 }: Stage,
  {
    version,
    expected,
    candidates,
    unread,
  }: OfVersion & { readonly expected: readonly ExpectedTask[]; readonly candidates: Candidates },
): Promise<TaskOfVersion[]> {
  const matrix = await versionMatrix(version, { pipeline, stage: description, s3 }).catch((error: unknown) => {
    unread.push(`how far the steps are is not known: ${explainError(error).message}`);
    return { cells: [] };
  });
  const known = new Set(expected.map(({ task }) => task));
  const former = new Map(
    [...candidates.values()].filter(({ task }) => !known.has(task)).map((each) => [each.task, each]),
  );
  return [...expected, ...former.values()].map(({ task, step, platform }) => {
    const cell = matrix.cells.find(
      (each) => each.activity === step && (each.per === "platform" ? each.platform : null) === platform,
    );
    return { task, step, platform, status: cell?.status ?? null };
  });
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
