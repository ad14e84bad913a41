import { ListObjectsV2Command, NoSuchBucket, type S3Client } from "@aws-sdk/client-s3";
import { activityOfTask } from "@muster/pipeline";
import { stateFolder, stateKey } from "./state-key.ts";

/** What the key of an attempt's record tells. */
export interface AttemptKey {
  readonly key: string;
  readonly activity: string;
  /** The execution's name. */
  readonly build: string;
  readonly task: string;
  readonly claimedAt: Date;
  readonly instance: string;
}

/** `attempts/[<activity>/]<execution>/<task>/<claimedAt>_<instance>.json`, with dashes for what separates a time's parts. */
const RECORD = new RegExp(
  `^${stateFolder.attempts}(?:([^/]+)/)?([^/]+)/([^/]+)/([\\d-]{10})T(\\d\\d)-(\\d\\d)-(\\d\\d)-(\\d+)Z_([^/]+)\\.json$`,
);

/** A folder that the workers of one activity may write to: a build of that name has no records in the form of before. */
const ACTIVITY = /^[A-Z][A-Za-z0-9]*$/;

/**
 * undefined for what is no record: a log, and what lies in one activity's folder and is about another's task. Only the workers of an activity write to
 * its folder, so that the key, and nothing that the record says, tells whose it is.
 */
export function parseAttemptKey(key: string): AttemptKey | undefined {
  const [, folder, build, task, day, hour, minute, second, fraction, instance] = RECORD.exec(key) ?? [];
  if (build === undefined || task === undefined || instance === undefined) return undefined;
  const activity = activityOfTask(task);
  if (folder === undefined ? ACTIVITY.test(build) : folder !== activity) return undefined;
  const claimedAt = new Date(`${day}T${hour}:${minute}:${second}.${fraction}Z`);
  return { key, activity, build, task, claimedAt, instance };
}

/** Folders in which records of a build's task may lie: those of builds from before keys held the activity come first. */
export function attemptFolders({ build, task }: { readonly build: string; readonly task: string }): string[] {
  const name = build.slice(build.lastIndexOf(":") + 1);
  const former = ACTIVITY.test(name) ? [] : [`${stateKey.formerAttempts(name)}${task}/`];
  return [...former, stateKey.attemptsAt(name, task)];
}

/** Keys of the records and logs of one task of a build, named or by ARN, in the order in which workers took it. */
export async function listAttempts(
  s3: S3Client,
  bucket: string,
  task: { readonly build: string; readonly task: string },
): Promise<string[]> {
  const lists = await Promise.all(attemptFolders(task).map((folder) => listFolder(s3, bucket, folder)));
  return lists.flat();
}

async function listFolder(s3: S3Client, Bucket: string, Prefix: string): Promise<string[]> {
  const keys: string[] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await s3
      .send(new ListObjectsV2Command({ Bucket, Prefix, ContinuationToken }))
      .catch((error: unknown) => {
        if (error instanceof NoSuchBucket) return undefined;
        throw error;
      });
    keys.push(...(page?.Contents ?? []).flatMap(({ Key }) => Key ?? []));
    ContinuationToken = page?.NextContinuationToken;
  } while (ContinuationToken !== undefined);
  return keys;
}
