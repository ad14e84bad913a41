import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { createLocalAws } from "@muster/local";
import type { PrivateKey } from "openpgp";
import type { Place } from "../tools/objects.ts";
import { openSigningKey } from "../tools/signing-key.ts";

/** The buckets of a release in an S3 of their own, kept in memory. */
export async function localBuckets() {
  const aws = createLocalAws();
  const s3 = new S3Client(aws.clientConfig());
  for (const Bucket of ["downloads", "state"]) await s3.send(new CreateBucketCommand({ Bucket }));
  return { aws, s3, failCalls: aws.failCalls, [Symbol.asyncDispose]: () => aws.close() };
}

export const keyPlaces = (name: string): { privateKey: Place; publicKey: Place } => ({
  privateKey: { bucket: "state", key: `${name}.asc` },
  publicKey: { bucket: "downloads", key: `${name}.gpg` },
});

export const signingKeyOf = (s3: S3Client, name = "key"): Promise<PrivateKey> => openSigningKey(s3, keyPlaces(name));
