import { AwsError } from "../../aws-error.ts";
import { childrenOf, parseXml, textOf } from "../../protocol/xml.ts";
import { checkWriteConditions, matchesEtag } from "./conditions.ts";
import { bucketMustExist } from "./object-files.ts";
import { readDocument } from "./read-body.ts";
import type { S3Context } from "./s3-context.ts";
import type { S3Input, S3Output } from "./s3-protocol.ts";

const MOST_OBJECTS = 1000;

export function deleteOperations({ files }: S3Context) {
  return {
    /** Deleting what is not there succeeds, as on AWS. */
    DeleteObject(input: S3Input): S3Output {
      bucketMustExist(files, input.Bucket);
      if (input.IfMatch !== undefined) checkWriteConditions(files.find(input.Bucket, input.Key), input);
      files.remove(input.Bucket, input.Key);
      return { status: 204 };
    },

    async DeleteObjects({ Bucket, Body, headers }: S3Input): Promise<S3Output> {
      bucketMustExist(files, Bucket);
      const { objects, quiet } = parseRequest(await readDocument(Body, headers));
      const Deleted: unknown[] = [];
      const Errors: unknown[] = [];
      for (const { key, etag } of objects) {
        const current = etag === undefined ? undefined : files.find(Bucket, key);
        if (etag !== undefined && !(current && matchesEtag(etag, current))) {
          const Message = "At least one of the pre-conditions you specified did not hold";
          Errors.push({ Key: key, Code: "PreconditionFailed", Message });
          continue;
        }
        files.remove(Bucket, key);
        if (!quiet) Deleted.push({ Key: key });
      }
      return { xml: { root: "DeleteResult", content: { Deleted, Error: Errors } } };
    },
  };
}

function parseRequest(document: Uint8Array): { objects: { key: string; etag: string | undefined }[]; quiet: boolean } {
  const root = parseXml(document, "Delete");
  const objects = childrenOf(root, "Object").map((object) => ({
    key: textOf(object, "Key") ?? "",
    etag: textOf(object, "ETag"),
  }));
  if (objects.length === 0 || objects.length > MOST_OBJECTS) {
    throw new AwsError("MalformedXML", `Delete takes 1 to ${MOST_OBJECTS} objects, not ${objects.length}`);
  }
  return { objects, quiet: textOf(root, "Quiet") === "true" };
}
