import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { HeadObjectCommand, NotFound, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { type Pipeline, scriptFile } from "@muster/pipeline";

/** Where a stage finds the scripts of an activity. */
export interface AssetUrls {
  readonly script: string;
  readonly init?: string;
  readonly afterTask?: string;
  readonly withdraw?: string;
}

export interface Assets {
  readonly dummyScript: string;
  /** By activity name. */
  readonly activities: Readonly<Record<string, AssetUrls>>;
}

/**
 * Puts a pipeline's scripts where workers fetch them, under the digest of their contents: a running build keeps the scripts it began with.
 */
export async function uploadAssets(
  { pipeline, folder }: { pipeline: Pipeline; folder: string },
  { s3, bucket }: { s3: S3Client; bucket: string },
): Promise<Assets> {
  const uploaded = new Map<string, Promise<string>>();
  const upload = (path: string): Promise<string> => {
    const url = uploaded.get(path) ?? put(path);
    uploaded.set(path, url);
    return url;
  };
  const put = async (path: string) => {
    const file = scriptFile(folder, path);
    return putAsset(s3, { bucket, name: basename(file), body: await readFile(file) });
  };
  const optional = async (role: "init" | "afterTask" | "withdraw", path: string | undefined) =>
    path === undefined ? {} : { [role]: await upload(path) };
  const activities = await Promise.all(
    pipeline.activities.map(async ({ name, script, init, afterTask, withdraw }) => [
      name,
      {
        script: await upload(script),
        ...(await optional("init", init)),
        ...(await optional("afterTask", afterTask)),
        ...(await optional("withdraw", withdraw?.kind === "script" ? withdraw.script : undefined)),
      },
    ]),
  );
  return { dummyScript: await upload(pipeline.dummyScript), activities: Object.fromEntries(activities) };
}

async function putAsset(
  s3: S3Client,
  { bucket, name, body }: { bucket: string; name: string; body: Buffer },
): Promise<string> {
  const digest = createHash("sha256").update(body).digest("hex");
  const object = { Bucket: bucket, Key: `scripts/${digest}/${name}` };
  if (!(await exists(s3, object))) await s3.send(new PutObjectCommand({ ...object, Body: body }));
  return `s3://${bucket}/${object.Key}#sha256=${digest}`;
}

async function exists(s3: S3Client, object: { Bucket: string; Key: string }): Promise<boolean> {
  try {
    await s3.send(new HeadObjectCommand(object));
    return true;
  } catch (error) {
    if (error instanceof NotFound) return false;
    throw error;
  }
}
