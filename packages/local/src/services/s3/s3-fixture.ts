import {
  CreateBucketCommand,
  GetObjectCommand,
  PutObjectCommand,
  type PutObjectCommandOutput,
  S3Client,
} from "@aws-sdk/client-s3";
import { afterEach, beforeEach } from "vitest";
import type { LocalAws } from "../../local-aws.ts";
import { localAwsFixture } from "../../local-aws-fixture.ts";

export const Bucket = "releases";

/** Each promise is kept in process and over a socket: transport must not matter. */
export const TRANSPORTS = ["in process", "over a socket"] as const;

/** An S3 with one bucket for each test, reached by the AWS SDK. */
export interface S3Fixture {
  /** The local AWS's folder. */
  readonly dir: string;
  readonly s3: S3Client;
  put(key: string, body?: string | Uint8Array): Promise<PutObjectCommandOutput>;
  get(key: string): Promise<string | undefined>;
  /** An address for clients that are no SDK's. */
  listen(): Promise<{ readonly url: string }>;
  /** Closes and opens the local AWS: what was not written is lost. */
  reopen(): Promise<void>;
}

export function s3Fixture(transport: (typeof TRANSPORTS)[number]): S3Fixture {
  const local = localAwsFixture();
  let s3: S3Client;
  let aws: LocalAws;
  const open = async () => {
    aws = local.open({ dir: local.dir });
    const { requestHandler, ...config } = aws.clientConfig();
    s3 = new S3Client(
      transport === "in process" ? { ...config, requestHandler } : { ...config, endpoint: (await aws.listen()).url },
    );
  };
  beforeEach(async () => {
    await open();
    await s3.send(new CreateBucketCommand({ Bucket }));
  });
  afterEach(() => s3.destroy());
  return {
    get dir() {
      return local.dir;
    },
    get s3() {
      return s3;
    },
    put: (Key, Body = "x") => s3.send(new PutObjectCommand({ Bucket, Key, Body })),
    get: async (Key) => (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString(),
    listen: () => aws.listen(),
    async reopen() {
      s3.destroy();
      await local.close(aws);
      await open();
    },
  };
}

/** Name and HTTP status of an error, for what must fail. */
export const failure = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "no failure",
    (error: { name: string; $metadata?: { httpStatusCode?: number } }) =>
      `${error.name} ${error.$metadata?.httpStatusCode}`,
  );
