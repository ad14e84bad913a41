import { mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { AwsError } from "../../aws-error.ts";
import { onDisk } from "../../storage/disk-error.ts";
import { mustOwn } from "../../storage/storage.ts";
import { openStoredMap } from "../../storage/stored-map.ts";
import { walkKeys } from "./list-keys.ts";
import { bucketMustExist } from "./object-files.ts";
import type { S3Context } from "./s3-context.ts";
import type { S3Input, S3Output } from "./s3-protocol.ts";
import { parseTags, renderTags } from "./tagging.ts";

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const BUCKET_NAME = /^(?!xn--|\d+\.\d+\.\d+\.\d+$)[a-z0-9](?:[a-z0-9.-]{1,61})[a-z0-9]$/;

/** A bucket is a folder: one made by hand is as good as one made by CreateBucket. */
export function bucketOperations({ files, storage, region }: S3Context) {
  const tags = openStoredMap<Readonly<Record<string, string>>>(storage, "s3-bucket-tags");
  return {
    CreateBucket({ Bucket }: S3Input): S3Output {
      if (!BUCKET_NAME.test(Bucket)) {
        throw new AwsError("InvalidBucketName", "The specified bucket is not valid.", { BucketName: Bucket });
      }
      mustOwn(storage);
      const folder = files.bucketFolder(Bucket);
      if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
        const message = "Your previous request to create the named bucket succeeded and you already own it.";
        throw new AwsError("BucketAlreadyOwnedByYou", message, { status: 409, BucketName: Bucket });
      }
      onDisk(files.root, () => mkdirSync(folder, { recursive: true }));
      storage.flusher.touch(files.root);
      return { Location: `/${Bucket}` };
    },

    HeadBucket({ Bucket }: S3Input): S3Output {
      bucketMustExist(files, Bucket);
      return { BucketRegion: region };
    },

    ListBuckets(): S3Output {
      const names = existing(() => readdirSync(files.root, { withFileTypes: true }))
        .filter((entry) => entry.isDirectory())
        .map((entry) => entry.name)
        .sort();
      const Bucket = names.map((Name) => ({ Name, CreationDate: statSync(join(files.root, Name)).birthtime }));
      const content = { Owner: { ID: "local", DisplayName: "local" }, Buckets: { Bucket } };
      return { xml: { root: "ListAllMyBucketsResult", content } };
    },

    DeleteBucket({ Bucket }: S3Input): S3Output {
      bucketMustExist(files, Bucket);
      const folder = files.bucketFolder(Bucket);
      if (!walkKeys(folder, {}).next().done) {
        throw new AwsError("BucketNotEmpty", "The bucket you tried to delete is not empty", {
          status: 409,
          BucketName: Bucket,
        });
      }
      mustOwn(storage);
      onDisk(files.root, () => rmSync(folder, { recursive: true }));
      rmSync(join(storage.dir, "s3-metadata", Bucket), { recursive: true, force: true });
      tags.delete(Bucket);
      return { status: 204 };
    },

    GetBucketLocation({ Bucket }: S3Input): S3Output {
      bucketMustExist(files, Bucket);
      // The first region has no name here, for the sake of clients older than the others.
      return { xml: { root: "LocationConstraint", content: region === "us-east-1" ? "" : region } };
    },

    GetBucketVersioning({ Bucket }: S3Input): S3Output {
      bucketMustExist(files, Bucket);
      return { xml: { root: "VersioningConfiguration", content: {} } };
    },

    GetBucketTagging({ Bucket }: S3Input): S3Output {
      bucketMustExist(files, Bucket);
      const found = tags.get(Bucket);
      if (found === undefined)
        throw new AwsError("NoSuchTagSet", "The TagSet does not exist", { status: 404, BucketName: Bucket });
      return { xml: { root: "Tagging", content: renderTags(found) } };
    },

    async PutBucketTagging({ Bucket, Body, headers }: S3Input): Promise<S3Output> {
      bucketMustExist(files, Bucket);
      tags.set(Bucket, await parseTags(Body, headers));
      return { status: 204 };
    },

    DeleteBucketTagging({ Bucket }: S3Input): S3Output {
      bucketMustExist(files, Bucket);
      tags.delete(Bucket);
      return { status: 204 };
    },
  };
}

function existing<T>(list: () => T[]): T[] {
  try {
    return list();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
