import type { Clock } from "../../clock.ts";
import type { Random } from "../../random.ts";
import { type Service, service } from "../../service.ts";
import type { Storage } from "../../storage/storage.ts";
import { bucketOperations } from "./buckets.ts";
import { completeOperations } from "./complete-upload.ts";
import { copyOperations } from "./copy-object.ts";
import { deleteOperations } from "./delete-objects.ts";
import { getOperations } from "./get-object.ts";
import { listOperations } from "./list-objects.ts";
import { listUploadsOperations } from "./list-uploads.ts";
import { listVersionsOperations } from "./list-versions.ts";
import { multipartOperations } from "./multipart-upload.ts";
import { objectAttributesOperations } from "./object-attributes.ts";
import { objectFiles } from "./object-files.ts";
import { putOperations } from "./put-object.ts";
import { type S3Input, s3Protocol } from "./s3-protocol.ts";
import { taggingOperations } from "./tagging.ts";
import { openUploads } from "./uploads.ts";

export interface S3Options {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly random: Random;
  readonly region: string;
  readonly accountId: string;
}

/** S3 over plain files: `<dir>/s3/<bucket>/<key>` can be read, and may be written, by anyone. */
export function s3({ storage, clock, random, region, accountId }: S3Options): Service {
  const files = objectFiles(storage, random);
  const uploads = openUploads({ storage, clock, random });
  const context = { files, uploads, storage, clock, random, region };
  return service("s3", {
    protocol: s3Protocol({ clock, accountId }),
    streams: true,
    subjectOf({ input }) {
      const { Bucket, Key } = input as S3Input;
      return Key === "" ? Bucket : `${Bucket}/${Key}`;
    },
    // The last to be asked: any path may be a bucket's.
    claims: () => true,
    operations: {
      ...bucketOperations(context),
      ...putOperations(context),
      ...getOperations(context),
      ...objectAttributesOperations(context),
      ...listOperations(context),
      ...listVersionsOperations(context),
      ...deleteOperations(context),
      ...copyOperations(context),
      ...multipartOperations(context),
      ...completeOperations(context),
      ...listUploadsOperations(context),
      ...taggingOperations(context),
    },
  });
}
