import { AwsError } from "../../aws-error.ts";
import { walkKeys } from "./list-keys.ts";
import { echoListing, renderObject } from "./list-objects.ts";
import { bucketMustExist, isDeleteMarker, type ObjectFiles, type Version } from "./object-files.ts";
import { OWNER } from "./owner.ts";
import { encoder, pageSizeOf, textMember } from "./paging.ts";
import type { S3Context } from "./s3-context.ts";
import type { S3Input, S3Output } from "./s3-protocol.ts";
import { sequenceIn } from "./version-id.ts";

const MOST_VERSIONS = 1000;

type Item =
  | { readonly key: string; readonly version: Version; readonly isLatest: boolean }
  | { readonly commonPrefix: string };

export function listVersionsOperations({ files }: S3Context) {
  return {
    /** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html */
    ListObjectVersions(input: S3Input): S3Output {
      bucketMustExist(files, input.Bucket);
      checkMarkers(input);
      const encode = encoder(input.EncodingType);
      const maxKeys = pageSizeOf(input.MaxKeys, MOST_VERSIONS, "max-keys");
      const page: Item[] = [];
      let isTruncated = false;
      for (const item of maxKeys === 0 ? [] : walkVersions(files, input)) {
        isTruncated = page.length === maxKeys;
        if (isTruncated) break;
        page.push(item);
      }
      const last = isTruncated ? page.at(-1) : undefined;
      const content = {
        ...echoListing(input),
        KeyMarker: encode(textMember(input.KeyMarker)),
        VersionIdMarker: textMember(input.VersionIdMarker),
        ...(last !== undefined &&
          ("key" in last
            ? { NextKeyMarker: encode(last.key), NextVersionIdMarker: last.version.versionId }
            : { NextKeyMarker: encode(last.commonPrefix) })),
        MaxKeys: maxKeys,
        IsTruncated: isTruncated,
        Version: page.flatMap((item) =>
          "key" in item && !isDeleteMarker(item.version)
            ? [{ Key: encode(item.key), ...renderObject(item.version), ...renderVersion(item) }]
            : [],
        ),
        DeleteMarker: page.flatMap((item) =>
          "key" in item && isDeleteMarker(item.version)
            ? [{ Key: encode(item.key), LastModified: new Date(item.version.lastModifiedMs), ...renderVersion(item) }]
            : [],
        ),
        CommonPrefixes: page.flatMap((item) => ("commonPrefix" in item ? [{ Prefix: encode(item.commonPrefix) }] : [])),
      };
      return { xml: { root: "ListVersionsResult", content } };
    },
  };
}

function renderVersion({ version, isLatest }: { readonly version: Version; readonly isLatest: boolean }) {
  return { VersionId: version.versionId, IsLatest: isLatest, Owner: OWNER };
}

function checkMarkers({ KeyMarker, VersionIdMarker }: S3Input): void {
  if (VersionIdMarker === undefined) return;
  const isEmpty = VersionIdMarker === "";
  if (!isEmpty && textMember(KeyMarker) !== "") return;
  if (isEmpty && textMember(KeyMarker) === "") return;
  const message = isEmpty
    ? "A version-id marker cannot be empty."
    : "A version-id marker cannot be specified without a key marker.";
  throw new AwsError("InvalidArgument", message, {
    ArgumentName: "version-id-marker",
    ArgumentValue: VersionIdMarker,
  });
}

/** The versions behind the markers, by keys and then from the newest to the oldest. */
function* walkVersions(files: ObjectFiles, input: S3Input): Generator<Item> {
  const { Bucket } = input;
  const [prefix, delimiter, keyMarker] = [input.Prefix, input.Delimiter, input.KeyMarker].map(textMember) as [
    string,
    string,
    string,
  ];
  if (textMember(input.VersionIdMarker) !== "" && keyMarker.startsWith(prefix)) {
    const isRolledUp = delimiter !== "" && keyMarker.includes(delimiter, prefix.length);
    if (!isRolledUp) yield* behind(versionsOf(files, Bucket, keyMarker), textMember(input.VersionIdMarker));
  }
  const trees = [
    { folder: files.bucketFolder(Bucket), holds: "objects" },
    { folder: files.versionsFolder(Bucket), holds: "versions" },
  ] as const;
  for (const listed of walkKeys(trees, { prefix, delimiter, after: keyMarker })) {
    if ("commonPrefix" in listed) yield listed;
    else yield* versionsOf(files, Bucket, listed.key);
  }
}

function versionsOf(files: ObjectFiles, bucket: string, key: string): Exclude<Item, { commonPrefix: string }>[] {
  const latest = files.latest(bucket, key)?.versionId;
  return files.versions(bucket, key).map((version) => ({ key, version, isLatest: version.versionId === latest }));
}

/** The marker's own version may have been deleted since: its id tells which ones came before it. */
function behind<T extends { readonly version: Version }>(items: readonly T[], marker: string): readonly T[] {
  const index = items.findIndex(({ version }) => version.versionId === marker);
  if (index >= 0) return items.slice(index + 1);
  const sequence = sequenceIn(marker);
  return sequence === undefined ? items : items.filter(({ version }) => (version.sequence ?? 0) < sequence);
}
