import { AwsError } from "../../aws-error.ts";
import { type Listed, walkKeys } from "./list-keys.ts";
import { bucketMustExist } from "./object-files.ts";
import type { S3Context } from "./s3-context.ts";
import type { S3Input, S3Output } from "./s3-protocol.ts";

const MOST_KEYS = 1000;

interface Page {
  readonly items: readonly Listed[];
  /** The last item of this page, where more follow. */
  readonly next: string | undefined;
}

export function listOperations({ files }: S3Context) {
  const readPage = (input: S3Input, after: string, maxKeys: number): Page => {
    bucketMustExist(files, input.Bucket);
    const walk = walkKeys(files.bucketFolder(input.Bucket), {
      prefix: textMember(input.Prefix),
      delimiter: textMember(input.Delimiter),
      after,
    });
    const items: Listed[] = [];
    if (maxKeys === 0) return { items, next: undefined };
    for (const item of walk) {
      const last = items.at(-1);
      if (items.length === maxKeys && last !== undefined) return { items, next: nameOf(last) };
      items.push(item);
    }
    return { items, next: undefined };
  };
  const renderItems = (input: S3Input, { items }: Page) => {
    const encode = encoder(input);
    return {
      Contents: items.flatMap((item) => ("key" in item ? renderObject(input.Bucket, item.key, encode) : [])),
      CommonPrefixes: items.flatMap((item) => ("commonPrefix" in item ? [{ Prefix: encode(item.commonPrefix) }] : [])),
    };
  };
  /** An object that was deleted while the page was being made is simply not on it. */
  const renderObject = (bucket: string, key: string, encode: (text: string) => string) => {
    const object = files.find(bucket, key);
    if (object === undefined) return [];
    const LastModified = new Date(object.lastModifiedMs);
    return [{ Key: encode(key), LastModified, ETag: object.etag, Size: object.size, StorageClass: "STANDARD" }];
  };
  const echo = (input: S3Input) => {
    const encode = encoder(input);
    return {
      Name: input.Bucket,
      Prefix: encode(textMember(input.Prefix)),
      Delimiter: input.Delimiter === undefined ? undefined : encode(textMember(input.Delimiter)),
      EncodingType: input.EncodingType,
    };
  };

  return {
    ListObjectsV2(input: S3Input): S3Output {
      const maxKeys = maxKeysOf(input.MaxKeys);
      const token =
        input.ContinuationToken === undefined ? undefined : decodeToken(textMember(input.ContinuationToken));
      const page = readPage(input, token ?? textMember(input.StartAfter), maxKeys);
      const content = {
        ...echo(input),
        MaxKeys: maxKeys,
        KeyCount: page.items.length,
        IsTruncated: page.next !== undefined,
        ContinuationToken: input.ContinuationToken,
        NextContinuationToken: page.next && encodeToken(page.next),
        StartAfter: input.StartAfter === undefined ? undefined : encoder(input)(textMember(input.StartAfter)),
        ...renderItems(input, page),
      };
      return { xml: { root: "ListBucketResult", content } };
    },

    ListObjects(input: S3Input): S3Output {
      const maxKeys = maxKeysOf(input.MaxKeys);
      const page = readPage(input, textMember(input.Marker), maxKeys);
      const content = {
        ...echo(input),
        Marker: encoder(input)(textMember(input.Marker)),
        MaxKeys: maxKeys,
        IsTruncated: page.next !== undefined,
        // Without a delimiter the last key is the next marker, and S3 does not repeat it.
        NextMarker: page.next !== undefined && input.Delimiter !== undefined ? encoder(input)(page.next) : undefined,
        ...renderItems(input, page),
      };
      return { xml: { root: "ListBucketResult", content } };
    },
  };
}

function nameOf(item: Listed): string {
  return "key" in item ? item.key : item.commonPrefix;
}

function textMember(member: unknown): string {
  return typeof member === "string" ? member : "";
}

function maxKeysOf(member: unknown): number {
  if (member === undefined) return MOST_KEYS;
  const count = Number(member);
  if (Number.isInteger(count) && count >= 0) return Math.min(count, MOST_KEYS);
  throw new AwsError("InvalidArgument", "Provided max-keys not an integer or within integer range", {
    ArgumentName: "max-keys",
    ArgumentValue: String(member),
  });
}

/** Keys may hold characters that XML cannot; clients ask for percent-encoding then. */
function encoder({ EncodingType }: S3Input): (text: string) => string {
  if (EncodingType === undefined) return (text) => text;
  if (EncodingType !== "url") throw new AwsError("InvalidArgument", "Invalid Encoding Method specified in Request");
  return (text) => encodeURIComponent(text).replaceAll("%2F", "/");
}

const encodeToken = (last: string) => Buffer.from(last).toString("base64url");

function decodeToken(token: string): string {
  const last = Buffer.from(token, "base64url").toString("utf8");
  if (token !== "" && encodeToken(last) === token) return last;
  throw new AwsError("InvalidArgument", "The continuation token provided is incorrect", {
    ArgumentName: "continuation-token",
  });
}
