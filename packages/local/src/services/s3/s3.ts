import type { Clock } from "../../clock.ts";
import type { Random } from "../../random.ts";
import { type Service, service } from "../../service.ts";
import type { Storage } from "../../storage/storage.ts";
import { bucketOperations } from "./buckets.ts";
import { copyOperations } from "./copy-object.ts";
import { deleteOperations } from "./delete-objects.ts";
import { getOperations } from "./get-object.ts";
import { listOperations } from "./list-objects.ts";
import { multipartOperations } from "./multipart-upload.ts";
import { objectFiles } from "./object-files.ts";
import { putOperations } from "./put-object.ts";
import { s3Protocol } from "./s3-protocol.ts";
import { taggingOperations } from "./tagging.ts";

export interface S3Options {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly random: Random;
  readonly region: string;
}

/** S3 over plain files: `<dir>/s3/<bucket>/<key>` can be read, and may be written, by anyone. */
export function s3({ storage, clock, random, region }: S3Options): Service {
  const files = objectFiles(storage);
  const context = { files, storage, clock, random, region };
  return service("s3", {
    protocol: s3Protocol,
    streams: true,
    // The last to be asked: any path may be a bucket's.
    claims: () => true,
    operations: {
      ...bucketOperations(context),
      ...putOperations(context),
      ...getOperations(context),
      ...listOperations(context),
      ...deleteOperations(context),
      ...copyOperations(context),
      ...multipartOperations(context),
      ...taggingOperations(context),
    },
  });
}
