import { checksumMembers } from "./checksums.ts";
import { bucketMustExist } from "./object-files.ts";
import { OWNER } from "./owner.ts";
import { encoder, pageSizeOf, positionOf, textMember } from "./paging.ts";
import type { S3Context } from "./s3-context.ts";
import type { S3Input, S3Output } from "./s3-protocol.ts";
import type { Upload } from "./uploads.ts";

const A_PAGE = 1000;

type Item = { readonly upload: Upload } | { readonly commonPrefix: string };

export function listUploadsOperations({ files, uploads }: S3Context) {
  return {
    ListParts(input: S3Input): S3Output {
      bucketMustExist(files, input.Bucket);
      const upload = uploads.mustFind(input);
      const after = positionOf(input.PartNumberMarker, "part-number-marker");
      const most = pageSizeOf(input.MaxParts, A_PAGE, "max-parts");
      const left = Object.values(upload.parts)
        .filter((part) => part.number > after)
        .sort((a, b) => a.number - b.number);
      const page = left.slice(0, most);
      const content = {
        Bucket: upload.bucket,
        Key: upload.key,
        UploadId: upload.id,
        PartNumberMarker: after,
        NextPartNumberMarker: page.at(-1)?.number ?? 0,
        MaxParts: most,
        IsTruncated: left.length > page.length,
        Part: page.map(({ number, size, md5, lastModifiedMs, checksums = {} }) => ({
          PartNumber: number,
          LastModified: new Date(lastModifiedMs),
          ETag: `"${md5}"`,
          Size: size,
          ...checksumMembers(checksums),
        })),
        ...renderUpload(upload),
      };
      return { xml: { root: "ListPartsResult", content } };
    },

    ListMultipartUploads(input: S3Input): S3Output {
      bucketMustExist(files, input.Bucket);
      const encode = encoder(input.EncodingType);
      const most = pageSizeOf(input.MaxUploads, A_PAGE, "max-uploads");
      const items = itemsOf(uploads.inBucket(input.Bucket), input);
      const page = items.slice(0, most);
      const last = items.length > page.length ? page.at(-1) : undefined;
      const delimiter = textMember(input.Delimiter);
      const content = {
        Bucket: input.Bucket,
        KeyMarker: encode(textMember(input.KeyMarker)),
        UploadIdMarker: textMember(input.UploadIdMarker),
        NextKeyMarker: last && encode(nameOf(last)),
        NextUploadIdMarker: last && "upload" in last ? last.upload.id : undefined,
        Prefix: encode(textMember(input.Prefix)),
        Delimiter: delimiter === "" ? undefined : encode(delimiter),
        EncodingType: input.EncodingType,
        MaxUploads: most,
        IsTruncated: last !== undefined,
        Upload: page.flatMap((item) =>
          "upload" in item
            ? [
                {
                  Key: encode(item.upload.key),
                  UploadId: item.upload.id,
                  Initiated: new Date(item.upload.initiatedMs),
                  ...renderUpload(item.upload),
                },
              ]
            : [],
        ),
        CommonPrefixes: page.flatMap((item) => ("commonPrefix" in item ? [{ Prefix: encode(item.commonPrefix) }] : [])),
      };
      return { xml: { root: "ListMultipartUploadsResult", content } };
    },
  };
}

function renderUpload({ checksum }: Upload): Record<string, unknown> {
  return {
    Initiator: OWNER,
    Owner: OWNER,
    StorageClass: "STANDARD",
    ...(checksum && { ChecksumAlgorithm: checksum.algorithm, ChecksumType: checksum.type }),
  };
}

/** Uploads behind the markers, by their keys and then by age, keys with the delimiter rolled up. */
function itemsOf(uploads: readonly Upload[], input: S3Input): Item[] {
  const [prefix, delimiter, keyMarker] = [input.Prefix, input.Delimiter, input.KeyMarker].map(textMember) as [
    string,
    string,
    string,
  ];
  const sorted = uploads
    .filter(({ key }) => key.startsWith(prefix))
    .sort((a, b) => compare(a.key, b.key) || a.initiatedMs - b.initiatedMs || compare(a.id, b.id));
  const ofMarker = sorted.findIndex(({ key, id }) => key === keyMarker && id === textMember(input.UploadIdMarker));
  const items: Item[] = [];
  let rolledUp = keyMarker;
  for (const [index, upload] of sorted.entries()) {
    const { key } = upload;
    const end = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
    const commonPrefix = end < 0 ? undefined : key.slice(0, end + delimiter.length);
    if (commonPrefix === undefined) {
      const isBehind = compare(key, keyMarker) > 0 || (key === keyMarker && ofMarker >= 0 && index > ofMarker);
      if (isBehind) items.push({ upload });
    } else if (compare(commonPrefix, rolledUp) > 0) {
      rolledUp = commonPrefix;
      items.push({ commonPrefix });
    }
  }
  return items;
}

const compare = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

function nameOf(item: Item): string {
  return "upload" in item ? item.upload.key : item.commonPrefix;
}
