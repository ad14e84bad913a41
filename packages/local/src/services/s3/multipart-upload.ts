import { createHash } from "node:crypto";
import { createReadStream, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { AwsError } from "../../aws-error.ts";
import { childrenOf, parseXml, textOf } from "../../protocol/xml.ts";
import { onDisk } from "../../storage/disk-error.ts";
import { openStoredMap } from "../../storage/stored-map.ts";
import { checkWriteConditions } from "./conditions.ts";
import { findSource, readSource, renderCopied } from "./copy-object.ts";
import { bucketMustExist, type ObjectHeaders } from "./object-files.ts";
import { checkSizes, storedHeaders } from "./object-headers.ts";
import { readDocument } from "./read-body.ts";
import type { ReceivedBody } from "./receive-body.ts";
import type { S3Context } from "./s3-context.ts";
import type { S3Input, S3Output } from "./s3-protocol.ts";
import { parseTagHeader } from "./tagging.ts";

interface Part {
  readonly number: number;
  readonly size: number;
  /** Hexadecimal. */
  readonly md5: string;
  readonly lastModifiedMs: number;
}

interface Upload {
  readonly id: string;
  readonly bucket: string;
  readonly key: string;
  readonly initiatedMs: number;
  readonly headers: ObjectHeaders;
  readonly metadata: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly parts: Readonly<Record<string, Part>>;
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const MOST_PARTS = 10_000;
const SMALLEST_PART = 5 * 2 ** 20;
const PARTS_A_PAGE = 1000;

export function multipartOperations({ files, storage, clock, random }: S3Context) {
  const uploads = openStoredMap<Upload>(storage, "s3-uploads");
  const folderOf = (id: string) => join(storage.dir, "s3-parts", id);
  const partFile = (id: string, number: number) => join(folderOf(id), String(number));
  const mustFind = ({ Bucket, Key, UploadId }: S3Input): Upload => {
    const upload = uploads.get(String(UploadId));
    if (upload !== undefined && upload.bucket === Bucket && upload.key === Key) return upload;
    throw new AwsError("NoSuchUpload", "The specified multipart upload does not exist.", { status: 404, UploadId });
  };
  const keepPart = (input: S3Input, body: ReceivedBody): Part => {
    const upload = mustFind(input);
    const part = { number: partNumberOf(input), size: body.size, md5: body.md5, lastModifiedMs: clock.now() };
    onDisk(folderOf(upload.id), () => {
      mkdirSync(folderOf(upload.id), { recursive: true });
      renameSync(body.file, partFile(upload.id, part.number));
    });
    storage.flusher.touch(partFile(upload.id, part.number));
    uploads.set(upload.id, { ...upload, parts: { ...upload.parts, [part.number]: part } });
    return part;
  };
  const forget = ({ id }: Upload) => {
    uploads.delete(id);
    rmSync(folderOf(id), { recursive: true, force: true });
  };

  return {
    CreateMultipartUpload(input: S3Input): S3Output {
      const { Bucket, Key, Metadata: metadata } = input;
      bucketMustExist(files, Bucket);
      checkSizes(input);
      const described = { headers: storedHeaders(input), metadata, tags: parseTagHeader(input.Tagging) };
      const upload = {
        id: random.hex(32),
        bucket: Bucket,
        key: Key,
        initiatedMs: clock.now(),
        ...described,
        parts: {},
      };
      uploads.set(upload.id, upload);
      return { xml: { root: "InitiateMultipartUploadResult", content: { Bucket, Key, UploadId: upload.id } } };
    },

    async UploadPart(input: S3Input): Promise<S3Output> {
      mustFind(input);
      partNumberOf(input);
      const body = await files.receive(input.Body, input.headers);
      try {
        const checksums = Object.entries(body.checksums).map(([algorithm, digest]) => [`Checksum${algorithm}`, digest]);
        return { ETag: `"${keepPart(input, body).md5}"`, ...Object.fromEntries(checksums) };
      } finally {
        files.discard(body);
      }
    },

    async UploadPartCopy(input: S3Input): Promise<S3Output> {
      mustFind(input);
      const body = await files.receive(readSource(findSource(files, input), input.CopySourceRange), {});
      try {
        const part = keepPart(input, body);
        const content = renderCopied({ etag: `"${part.md5}"`, lastModifiedMs: part.lastModifiedMs });
        return { xml: { root: "CopyPartResult", content } };
      } finally {
        files.discard(body);
      }
    },

    async CompleteMultipartUpload(input: S3Input): Promise<S3Output> {
      const requested = parseParts(await readDocument(input.Body, withoutObjectChecksums(input.headers)));
      const upload = mustFind(input);
      const parts = requested.map(({ number, etag }, index) => {
        const part = upload.parts[number];
        if (part === undefined || part.md5 !== etag) throw invalidPart(number);
        if (part.size < SMALLEST_PART && index < requested.length - 1) throw entityTooSmall(part);
        return part;
      });
      const { Bucket, Key } = input;
      const body = await files.receive(concatenate(parts.map((part) => partFile(upload.id, part.number))), {});
      try {
        mustFind(input);
        checkWriteConditions(files.find(Bucket, Key), input);
        const { headers, metadata, tags } = upload;
        const etag = etagOf(parts);
        files.store(Bucket, Key, body, { etag, lastModifiedMs: clock.now(), headers, metadata, tags, checksums: {} });
        forget(upload);
        const Location = `/${Bucket}/${Key}`;
        return { xml: { root: "CompleteMultipartUploadResult", content: { Location, Bucket, Key, ETag: etag } } };
      } finally {
        files.discard(body);
      }
    },

    AbortMultipartUpload(input: S3Input): S3Output {
      forget(mustFind(input));
      return { status: 204 };
    },

    ListParts(input: S3Input): S3Output {
      const upload = mustFind(input);
      const after = Number(input.PartNumberMarker ?? 0);
      const most = Math.min(Number(input.MaxParts ?? PARTS_A_PAGE), PARTS_A_PAGE);
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
        Part: page.map(({ number, size, md5, lastModifiedMs }) => ({
          PartNumber: number,
          LastModified: new Date(lastModifiedMs),
          ETag: `"${md5}"`,
          Size: size,
        })),
      };
      return { xml: { root: "ListPartsResult", content } };
    },

    ListMultipartUploads({ Bucket, Prefix }: S3Input): S3Output {
      bucketMustExist(files, Bucket);
      const Upload = [...uploads.values()]
        .filter(({ bucket, key }) => bucket === Bucket && key.startsWith(String(Prefix ?? "")))
        .sort((a, b) => (a.key < b.key ? -1 : 1))
        .map(({ id, key, initiatedMs }) => ({
          Key: key,
          UploadId: id,
          Initiated: new Date(initiatedMs),
          StorageClass: "STANDARD",
        }));
      return { xml: { root: "ListMultipartUploadsResult", content: { Bucket, IsTruncated: false, Upload } } };
    },
  };
}

function partNumberOf({ PartNumber }: S3Input): number {
  const number = Number(PartNumber);
  if (Number.isInteger(number) && number >= 1 && number <= MOST_PARTS) return number;
  throw new AwsError("InvalidArgument", `Part number must be an integer between 1 and ${MOST_PARTS}, inclusive`, {
    ArgumentName: "partNumber",
    ArgumentValue: String(PartNumber),
  });
}

function parseParts(document: Uint8Array): { number: number; etag: string }[] {
  const parts = childrenOf(parseXml(document, "CompleteMultipartUpload"), "Part").map((part) => ({
    number: Number(textOf(part, "PartNumber")),
    etag: (textOf(part, "ETag") ?? "").replaceAll('"', ""),
  }));
  if (parts.length === 0) throw new AwsError("MalformedXML", "You must specify at least one part");
  if (parts.some((part, index) => index > 0 && part.number <= (parts[index - 1]?.number ?? 0))) {
    throw new AwsError("InvalidPartOrder", "The list of parts was not in ascending order.");
  }
  return parts;
}

/** Here these headers speak of the finished object, not of the document that names its parts. */
function withoutObjectChecksums(headers: S3Input["headers"]): S3Input["headers"] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith("x-amz-checksum-")));
}

/** The MD5 of the parts' MD5s, and how many there were. */
function etagOf(parts: readonly Part[]): string {
  const hash = createHash("md5");
  for (const part of parts) hash.update(part.md5, "hex");
  return `"${hash.digest("hex")}-${parts.length}"`;
}

async function* concatenate(files: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const file of files) yield* createReadStream(file);
}

function invalidPart(number: number): AwsError {
  const message =
    "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.";
  return new AwsError("InvalidPart", message, { PartNumber: number });
}

function entityTooSmall({ number, size }: Part): AwsError {
  return new AwsError("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size", {
    PartNumber: number,
    ProposedSize: size,
    MinSizeAllowed: SMALLEST_PART,
  });
}
