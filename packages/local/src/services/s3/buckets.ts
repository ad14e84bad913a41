import { mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { AwsError } from "../../aws-error.ts";
import { childrenOf, malformedXml, textOf } from "../../protocol/xml.ts";
import { onDisk } from "../../storage/disk-error.ts";
import { mustOwn } from "../../storage/storage.ts";
import { openStoredMap } from "../../storage/stored-map.ts";
import { walkKeys } from "./list-keys.ts";
import { bucketMustExist, type ObjectFiles, type VersioningStatus } from "./object-files.ts";
import { OWNER } from "./owner.ts";
import { decodeToken, encodeToken, textMember } from "./paging.ts";
import { mustReadElements, readElements } from "./read-elements.ts";
import type { S3Context } from "./s3-context.ts";
import type { S3Input, S3Output } from "./s3-protocol.ts";
import { parseTagSet, parseTags, renderTags } from "./tagging.ts";

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const BUCKET_NAME = /^(?!xn--|\d+\.\d+\.\d+\.\d+$)(?!.*\.\.)[a-z0-9](?:[a-z0-9.-]{1,61})[a-z0-9]$/;

const MOST_BUCKETS = 10_000;

/** A bucket is a folder: one made by hand is as good as one made by CreateBucket. */
export function bucketOperations({ files, uploads, storage, region }: S3Context) {
  const tags = openStoredMap<Readonly<Record<string, string>>>(storage, "s3-bucket-tags");
  const forget = (bucket: string) => {
    uploads.forgetBucket(bucket);
    files.forgetBucket(bucket);
    tags.delete(bucket);
  };

  return {
    async CreateBucket(input: S3Input): Promise<S3Output> {
      const { Bucket } = input;
      if (!BUCKET_NAME.test(Bucket)) {
        throw new AwsError("InvalidBucketName", "The specified bucket is not valid.", { BucketName: Bucket });
      }
      const configuration = await readElements(input);
      const [tagSet] = childrenOf(configuration, "Tags");
      const created = tagSet === undefined ? undefined : parseTagSet(tagSet, "bucket");
      checkLocation(textOf(configuration, "LocationConstraint"), region);
      mustOwn(storage);
      const folder = files.bucketFolder(Bucket);
      if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
        const message = "Your previous request to create the named bucket succeeded and you already own it.";
        throw new AwsError("BucketAlreadyOwnedByYou", message, { status: 409, BucketName: Bucket });
      }
      // What is left of a bucket of this name whose folder was removed by hand.
      forget(Bucket);
      if (created !== undefined) tags.set(Bucket, created);
      onDisk(files.root, () => mkdirSync(folder, { recursive: true }));
      storage.flusher.touch(files.root);
      return { Location: `/${Bucket}` };
    },

    HeadBucket({ Bucket }: S3Input): S3Output {
      bucketMustExist(files, Bucket);
      return { BucketRegion: region };
    },

    ListBuckets(input: S3Input): S3Output {
      const most = maxBucketsOf(input.MaxBuckets);
      const prefix = textMember(input.Prefix);
      const after = decodeToken(textMember(input.ContinuationToken));
      const names = existing(() => readdirSync(files.root, { withFileTypes: true }))
        .filter((entry) => entry.isDirectory() && entry.name.startsWith(prefix) && entry.name > after)
        .filter(() => input.BucketRegion === undefined || input.BucketRegion === region)
        .map((entry) => entry.name)
        .sort();
      const page = names.slice(0, most);
      const last = names.length > page.length ? page.at(-1) : undefined;
      const Bucket = page.map((Name) => ({
        Name,
        CreationDate: statSync(join(files.root, Name)).birthtime,
        BucketRegion: region,
      }));
      const content = {
        Owner: OWNER,
        Buckets: { Bucket },
        ContinuationToken: last && encodeToken(last),
        Prefix: input.Prefix,
      };
      return { xml: { root: "ListAllMyBucketsResult", content } };
    },

    DeleteBucket({ Bucket }: S3Input): S3Output {
      bucketMustExist(files, Bucket);
      const folder = files.bucketFolder(Bucket);
      if (holdsAnything(files, Bucket)) {
        throw new AwsError("BucketNotEmpty", "The bucket you tried to delete is not empty", {
          status: 409,
          BucketName: Bucket,
        });
      }
      mustOwn(storage);
      onDisk(files.root, () => rmSync(folder, { recursive: true }));
      forget(Bucket);
      return { status: 204 };
    },

    GetBucketLocation({ Bucket }: S3Input): S3Output {
      bucketMustExist(files, Bucket);
      // The first region has no name here, for the sake of clients older than the others.
      return { xml: { root: "LocationConstraint", content: region === "us-east-1" ? "" : region } };
    },

    GetBucketVersioning({ Bucket }: S3Input): S3Output {
      bucketMustExist(files, Bucket);
      return { xml: { root: "VersioningConfiguration", content: { Status: files.versioning(Bucket) } } };
    },

    async PutBucketVersioning(input: S3Input): Promise<S3Output> {
      bucketMustExist(files, input.Bucket);
      const status = textOf(await mustReadElements(input), "Status");
      if (status === undefined) {
        const message = "The Versioning element must be specified";
        throw new AwsError("IllegalVersioningConfigurationException", message);
      }
      if (!isVersioningStatus(status)) throw malformedXml();
      files.setVersioning(input.Bucket, status);
      return {};
    },

    GetBucketTagging({ Bucket }: S3Input): S3Output {
      bucketMustExist(files, Bucket);
      const found = tags.get(Bucket);
      if (found === undefined)
        throw new AwsError("NoSuchTagSet", "The TagSet does not exist", { status: 404, BucketName: Bucket });
      return { xml: { root: "Tagging", content: renderTags(found) } };
    },

    async PutBucketTagging(input: S3Input): Promise<S3Output> {
      bucketMustExist(files, input.Bucket);
      tags.set(input.Bucket, parseTags(await mustReadElements(input), "bucket"));
      return { status: 204 };
    },

    DeleteBucketTagging({ Bucket }: S3Input): S3Output {
      bucketMustExist(files, Bucket);
      tags.delete(Bucket);
      return { status: 204 };
    },
  };
}

function holdsAnything(files: ObjectFiles, bucket: string): boolean {
  const trees = [
    { folder: files.bucketFolder(bucket), holds: "objects" },
    { folder: files.versionsFolder(bucket), holds: "versions" },
  ] as const;
  for (const listed of walkKeys(trees, {})) {
    if ("key" in listed && files.versions(bucket, listed.key).length > 0) return true;
  }
  return false;
}

function isVersioningStatus(status: string): status is VersioningStatus {
  return status === "Enabled" || status === "Suspended";
}

function checkLocation(constraint: string | undefined, region: string): void {
  if (constraint === undefined || constraint === region) return;
  throw new AwsError(
    "IllegalLocationConstraintException",
    `The ${constraint} location constraint is incompatible for the region specific endpoint this request was sent to.`,
  );
}

function maxBucketsOf(member: unknown): number {
  if (member === undefined) return MOST_BUCKETS;
  const count = Number(member);
  if (/^\d+$/.test(String(member)) && count >= 1 && count <= MOST_BUCKETS) return count;
  throw new AwsError("InvalidArgument", `Argument max-buckets must be an integer between 1 and ${MOST_BUCKETS}`, {
    ArgumentName: "max-buckets",
    ArgumentValue: String(member),
  });
}

function existing<T>(list: () => T[]): T[] {
  try {
    return list();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
