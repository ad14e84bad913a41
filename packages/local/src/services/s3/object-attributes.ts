import { AwsError } from "../../aws-error.ts";
import { checksumMembers } from "./checksums.ts";
import { mustFindVersion, shownVersion } from "./find-version.ts";
import type { ObjectDescription } from "./object-description.ts";
import { describedChecksums } from "./object-headers.ts";
import { pageSizeOf, positionOf } from "./paging.ts";
import type { S3Context } from "./s3-context.ts";
import type { S3Input, S3Output } from "./s3-protocol.ts";

const PARTS_A_PAGE = 1000;

type Attribute = (object: ObjectDescription, input: S3Input) => Record<string, unknown>;

const ATTRIBUTES: Readonly<Record<string, Attribute>> = {
  ETag: ({ etag }) => ({ ETag: etag.replaceAll('"', "") }),
  Checksum: (object) => {
    const Checksum = describedChecksums(object);
    return Object.keys(Checksum).length === 0 ? {} : { Checksum };
  },
  ObjectParts: (object, input) => ({ ObjectParts: renderParts(object, input) }),
  StorageClass: () => ({ StorageClass: "STANDARD" }),
  ObjectSize: ({ size }) => ({ ObjectSize: size }),
};

export function objectAttributesOperations({ files }: S3Context) {
  return {
    GetObjectAttributes(input: S3Input): S3Output {
      const wanted = attributesOf(input);
      const object = mustFindVersion(files, input);
      const content = Object.assign({}, ...wanted.map((attribute) => attribute(object, input)));
      return {
        LastModified: new Date(object.lastModifiedMs),
        ...shownVersion(files, input.Bucket, object.versionId),
        xml: { root: "GetObjectAttributesResponse", content },
      };
    },
  };
}

/** In the order of the API, whatever the request's is. */
function attributesOf({ ObjectAttributes }: S3Input): Attribute[] {
  const names = typeof ObjectAttributes === "string" ? ObjectAttributes.split(",").map((name) => name.trim()) : [];
  if (names.length === 0 || names.some((name) => !Object.hasOwn(ATTRIBUTES, name))) {
    throw new AwsError("InvalidArgument", "Invalid attribute name specified.", {
      ArgumentName: "x-amz-object-attributes",
      ArgumentValue: ObjectAttributes,
    });
  }
  return Object.entries(ATTRIBUTES).flatMap(([name, attribute]) => (names.includes(name) ? [attribute] : []));
}

/** Parts are listed one by one only where each has a checksum; else S3 tells how many there are. */
function renderParts({ parts }: ObjectDescription, { MaxParts, PartNumberMarker }: S3Input): unknown {
  if (parts === undefined) return undefined;
  const most = pageSizeOf(MaxParts, PARTS_A_PAGE, "x-amz-max-parts");
  const after = positionOf(PartNumberMarker, "x-amz-part-number-marker");
  if (parts.every(({ checksums }) => Object.keys(checksums).length === 0)) return { PartsCount: parts.length };
  const left = parts.filter(({ number }) => number > after);
  const page = left.slice(0, most);
  return {
    PartsCount: parts.length,
    PartNumberMarker: after,
    NextPartNumberMarker: page.at(-1)?.number ?? 0,
    MaxParts: most,
    IsTruncated: left.length > page.length,
    Part: page.map(({ number, size, checksums }) => ({
      PartNumber: number,
      Size: size,
      ...checksumMembers(checksums),
    })),
  };
}
