import { AwsError } from "../../aws-error.ts";
import type { XmlElement } from "../../protocol/read-xml.ts";
import { childrenOf, textOf } from "../../protocol/xml.ts";
import { checkDeleteCondition } from "./conditions.ts";
import { shownVersion } from "./find-version.ts";
import { bucketMustExist, type Deletion } from "./object-files.ts";
import { mustReadElements } from "./read-elements.ts";
import type { S3Context } from "./s3-context.ts";
import type { S3Input, S3Output } from "./s3-protocol.ts";

const MOST_OBJECTS = 1000;

interface Doomed {
  readonly Key: string;
  readonly VersionId: string | undefined;
  readonly ETag: string | undefined;
}

export function deleteOperations({ files, clock }: S3Context) {
  /** Deleting what is not there succeeds, as on AWS. */
  const remove = (bucket: string, { Key, VersionId, ETag }: Doomed): Deletion => {
    if (ETag !== undefined) checkDeleteCondition(files.latest(bucket, Key), ETag, Key);
    if (VersionId === undefined) return files.remove(bucket, Key, clock.now());
    if (VersionId === "") throw new AwsError("InvalidArgument", "Version id cannot be the empty string");
    return files.removeVersion(bucket, Key, VersionId);
  };

  return {
    DeleteObject(input: S3Input): S3Output {
      const { Bucket, Key } = input;
      bucketMustExist(files, Bucket);
      const VersionId = input.VersionId as string | undefined;
      const { versionId, isDeleteMarker } = remove(Bucket, {
        Key,
        VersionId,
        ETag: input.IfMatch as string | undefined,
      });
      return { status: 204, ...shownVersion(files, Bucket, versionId), ...(isDeleteMarker && { DeleteMarker: true }) };
    },

    async DeleteObjects(input: S3Input): Promise<S3Output> {
      const { Bucket } = input;
      bucketMustExist(files, Bucket);
      const { objects, isQuiet } = parseDelete(await mustReadElements(input));
      bucketMustExist(files, Bucket);
      const Deleted: unknown[] = [];
      const Errors: unknown[] = [];
      for (const doomed of objects) {
        try {
          const deletion = remove(Bucket, doomed);
          if (!isQuiet) Deleted.push(renderDeletion(doomed, deletion));
        } catch (error) {
          if (!(error instanceof AwsError)) throw error;
          const { Key, VersionId } = doomed;
          Errors.push({ Key, VersionId, Code: error.code, Message: error.message });
        }
      }
      return { xml: { root: "DeleteResult", content: { Deleted, Error: Errors } } };
    },
  };
}

function renderDeletion({ Key, VersionId }: Doomed, { versionId, isDeleteMarker }: Deletion): unknown {
  return {
    Key,
    VersionId,
    ...(isDeleteMarker && { DeleteMarker: true, DeleteMarkerVersionId: versionId }),
  };
}

function parseDelete(root: XmlElement): { objects: Doomed[]; isQuiet: boolean } {
  const objects = childrenOf(root, "Object").map((object) => ({
    Key: textOf(object, "Key") ?? "",
    VersionId: textOf(object, "VersionId"),
    ETag: textOf(object, "ETag"),
  }));
  if (objects.length === 0 || objects.length > MOST_OBJECTS) {
    throw new AwsError("MalformedXML", `Delete takes 1 to ${MOST_OBJECTS} objects, not ${objects.length}`);
  }
  if (objects.some(({ Key }) => Key === "")) {
    throw new AwsError(
      "UserKeyMustBeSpecified",
      "The specified method requires a key, and one of the objects has none.",
    );
  }
  return { objects, isQuiet: textOf(root, "Quiet")?.trim().toLowerCase() === "true" };
}
