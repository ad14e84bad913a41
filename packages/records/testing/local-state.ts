import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { createLocalAws, type LocalAws } from "@muster/local";
import { type StateRecords, stateRecords } from "../src/state-records.ts";

export interface LocalState extends AsyncDisposable {
  readonly aws: LocalAws;
  readonly s3: S3Client;
  readonly records: StateRecords;
}

/** A state bucket in an S3 of its own, kept in memory. */
export async function localState(): Promise<LocalState> {
  const aws = createLocalAws({ seed: 1 });
  const s3 = new S3Client({ ...aws.clientConfig(), forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: "state" }));
  return { aws, s3, records: stateRecords(s3, "state"), [Symbol.asyncDispose]: () => aws.close() };
}
