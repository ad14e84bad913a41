import type { StoredObject } from "./current-files.ts";
import { type Listed, walkKeys } from "./list-keys.ts";
import { bucketMustExist } from "./object-files.ts";
import { describedChecksums } from "./object-headers.ts";
import { OWNER } from "./owner.ts";
import { decodeToken, encoder, encodeToken, pageSizeOf, textMember } from "./paging.ts";
import type { S3Context } from "./s3-context.ts";
import type { S3Input, S3Output } from "./s3-protocol.ts";

const MOST_KEYS = 1000;

type Item = { readonly key: string; readonly object: StoredObject } | { readonly commonPrefix: string };

interface Page {
  readonly items: readonly Item[];
  /** The last item of this page, where more follow. */
  readonly next: string | undefined;
}

export function listOperations({ files }: S3Context) {
  const readPage = (input: S3Input, after: string, maxKeys: number): Page => {
    bucketMustExist(files, input.Bucket);
    const walk = walkKeys([{ folder: files.bucketFolder(input.Bucket), holds: "objects" }], {
      prefix: textMember(input.Prefix),
      delimiter: textMember(input.Delimiter),
      after,
    });
    const items: Item[] = [];
    if (maxKeys === 0) return { items, next: undefined };
    for (const listed of walk) {
      const item = find(input.Bucket, listed);
      if (item === undefined) continue;
      const last = items.at(-1);
      if (items.length === maxKeys && last !== undefined) return { items, next: nameOf(last) };
      items.push(item);
    }
    return { items, next: undefined };
  };
  /** An object that is being deleted is not there any more. */
  const find = (bucket: string, listed: Listed): Item | undefined => {
    if ("commonPrefix" in listed) return listed;
    const object = files.find(bucket, listed.key);
    return object && { key: listed.key, object };
  };
  const renderItems = (input: S3Input, { items }: Page, withOwner: boolean) => {
    const encode = encoder(input.EncodingType);
    return {
      Contents: items.flatMap((item) =>
        "key" in item
          ? [{ Key: encode(item.key), ...renderObject(item.object), ...(withOwner && { Owner: OWNER }) }]
          : [],
      ),
      CommonPrefixes: items.flatMap((item) => ("commonPrefix" in item ? [{ Prefix: encode(item.commonPrefix) }] : [])),
    };
  };

  return {
    ListObjectsV2(input: S3Input): S3Output {
      const maxKeys = pageSizeOf(input.MaxKeys, MOST_KEYS, "max-keys");
      const token = decodeToken(textMember(input.ContinuationToken));
      const page = readPage(input, token || textMember(input.StartAfter), maxKeys);
      const content = {
        ...echoListing(input),
        MaxKeys: maxKeys,
        KeyCount: page.items.length,
        IsTruncated: page.next !== undefined,
        ContinuationToken: input.ContinuationToken,
        NextContinuationToken: page.next && encodeToken(page.next),
        StartAfter:
          input.StartAfter === undefined ? undefined : encoder(input.EncodingType)(textMember(input.StartAfter)),
        ...renderItems(input, page, input.FetchOwner === "true"),
      };
      return { xml: { root: "ListBucketResult", content } };
    },

    ListObjects(input: S3Input): S3Output {
      const maxKeys = pageSizeOf(input.MaxKeys, MOST_KEYS, "max-keys");
      const page = readPage(input, textMember(input.Marker), maxKeys);
      const content = {
        ...echoListing(input),
        Marker: encoder(input.EncodingType)(textMember(input.Marker)),
        MaxKeys: maxKeys,
        IsTruncated: page.next !== undefined,
        // Without a delimiter the last key is the next marker, and S3 does not repeat it.
        NextMarker:
          page.next !== undefined && textMember(input.Delimiter) !== ""
            ? encoder(input.EncodingType)(page.next)
            : undefined,
        ...renderItems(input, page, true),
      };
      return { xml: { root: "ListBucketResult", content } };
    },
  };
}

/** What every listing repeats of its request; an empty delimiter is none. */
export function echoListing(input: S3Input): Record<string, unknown> {
  const encode = encoder(input.EncodingType);
  const delimiter = textMember(input.Delimiter);
  return {
    Name: input.Bucket,
    Prefix: encode(textMember(input.Prefix)),
    Delimiter: delimiter === "" ? undefined : encode(delimiter),
    EncodingType: input.EncodingType,
  };
}

/** What listings tell of an object. */
export function renderObject(object: StoredObject): Record<string, unknown> {
  const { ChecksumType } = describedChecksums(object);
  return {
    LastModified: new Date(object.lastModifiedMs),
    ETag: object.etag,
    ...(ChecksumType !== undefined && { ChecksumAlgorithm: Object.keys(object.checksums), ChecksumType }),
    Size: object.size,
    StorageClass: "STANDARD",
  };
}

function nameOf(item: Item): string {
  return "key" in item ? item.key : item.commonPrefix;
}
