import type { Readable } from "node:stream";
import { type GetObjectCommandOutput, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { createLocalAws } from "@muster/local";
import type { StageDescription } from "@muster/pipeline";
import type { ObjectPlace } from "@muster/records";
import { createBuckets } from "./set-up-stage.ts";

/** AWS on this machine with a stage's buckets by their names, and nothing in them. */
export interface Sandbox {
  readonly url: string;
  /** Copies an object there, as it was got from elsewhere. */
  put(place: ObjectPlace, object: GetObjectCommandOutput): Promise<void>;
  close(): Promise<void>;
}

/** @param folder where it keeps what is written to it */
export async function openSandbox(
  folder: string,
  description: Pick<StageDescription, "region" | "accountId" | "buckets">,
): Promise<Sandbox> {
  const { region, accountId } = description;
  const aws = createLocalAws({ dir: folder, region, accountId });
  try {
    const { url } = await aws.listen();
    const credentials = { accessKeyId: "local", secretAccessKey: "local" };
    const s3 = new S3Client({ region, endpoint: url, credentials, forcePathStyle: true });
    await createBuckets(s3, description);
    return {
      url,
      async put({ bucket, key }, object) {
        const { ContentLength, ContentType, ContentEncoding, CacheControl, Metadata } = object;
        const like = { ContentLength, ContentType, ContentEncoding, CacheControl, Metadata };
        const Body = object.Body as Readable;
        await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body, ...like }));
      },
      async close() {
        s3.destroy();
        await aws.close();
      },
    };
  } catch (error) {
    await aws.close();
    throw error;
  }
}
