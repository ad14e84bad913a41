import type { WithdrawalJson } from "@muster/lambdas";
import { type Artifact, type ArtifactState, type DigestSource, digestOf } from "./artifact.ts";
import type { AttemptNumber } from "./attempt-numbers.ts";
import type { VersionArtifacts } from "./find-artifacts.ts";
import type { Upload } from "./recorded-uploads.ts";
import type { TaskOfVersion } from "./task-place.ts";
import type { TaskStatuses } from "./task-statuses.ts";

/** What `artifacts --json` prints. Times are ISO 8601, null is what nobody knows. */
export interface ArtifactsJson {
  readonly version: string;
  /** How it was taken back; null where it was not, or was published again. */
  readonly withdrawal: WithdrawalJson | null;
  /** Of all objects that are there. */
  readonly bytes: number;
  /** Those of a task together, in the pipeline's order. */
  readonly objects: readonly ArtifactJson[];
  /** Every task of the version. */
  readonly tasks: readonly TaskOfVersion[];
  /** What could not be read, a line each. */
  readonly unread: readonly string[];
}

export interface ArtifactJson {
  /** `s3://bucket/key` */
  readonly uri: string;
  readonly bucket: "scratch" | "downloads";
  readonly task: string;
  readonly step: string;
  readonly platform: string | null;
  /**
   * `there`; `replaced` by a later attempt, as indices that versions share are; `changed`: it is not what its attempt recorded, and no attempt recorded what it
   * is; `gone`.
   */
  readonly state: ArtifactState;
  readonly bytes: number | null;
  readonly storedAt: Date | null;
  /** Where the bucket keeps versions. */
  readonly versionId: string | null;
  /** Of what is there, in hex. */
  readonly sha256: string | null;
  /**
   * Who says so: `s3`, which keeps it as a checksum; `metadata`, which muster-s3 writes; `stated` by a file of checksums or an index (see `statedBy`); the attempt's
   * `record`.
   */
  readonly sha256From: DigestSource | null;
  /** URIs of files of checksums and indices that name it. */
  readonly statedBy: readonly string[];
  /** null where no attempt recorded it. */
  readonly madeBy: MadeByJson | null;
  readonly replacedBy: Omit<MadeByJson, "attempt"> | null;
}

export interface MadeByJson {
  readonly build: string;
  readonly task: string;
  readonly instance: string;
  /** From 1 on; null where the build's history is gone. */
  readonly attempt: number | null;
  /** When the attempt ended. */
  readonly endedAt: Date;
  readonly succeeded: boolean;
  /** What the attempt uploaded, in hex. */
  readonly sha256: string;
}

export function artifactsJson(
  { version, artifacts, unread }: VersionArtifacts,
  statuses: TaskStatuses,
  attemptNumber: AttemptNumber,
): ArtifactsJson {
  const objects = artifacts.map((artifact) => artifactJson(artifact, attemptNumber));
  const bytes = objects.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0);
  const { tasks, withdrawal } = statuses;
  return { version, withdrawal, bytes, objects, tasks, unread: [...unread, ...statuses.unread] };
}

function artifactJson(artifact: Artifact, attemptNumber: AttemptNumber): ArtifactJson {
  const { uri, bucket, task, step, platform, state, stored, recorded, replacement, stated } = artifact;
  const digest = digestOf(artifact);
  return {
    uri,
    bucket,
    task,
    step,
    platform,
    state,
    bytes: stored?.bytes ?? null,
    storedAt: stored?.storedAt ?? null,
    versionId: stored?.versionId ?? null,
    sha256: digest?.sha256 ?? null,
    sha256From: digest?.from ?? null,
    statedBy: stated.map(({ by }) => by),
    madeBy: recorded === undefined ? null : { ...madeBy(recorded), attempt: attemptNumber(recorded.maker) },
    replacedBy: replacement === undefined ? null : madeBy(replacement),
  };
}

const madeBy = ({ sha256, maker: { build, task, instance, finishedAt, succeeded } }: Upload) => ({
  build,
  task,
  instance,
  endedAt: finishedAt,
  succeeded,
  sha256,
});
