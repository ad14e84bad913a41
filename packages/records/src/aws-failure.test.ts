import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  NoSuchKey,
  NotFound,
  S3Client,
} from "@aws-sdk/client-s3";
import { createLocalAws, type Fault, outages } from "@muster/local";
import { expect, test } from "vitest";
import {
  describeFailure,
  isMissingObject,
  isOwnMistake,
  isThrottled,
  isUnanswered,
  statusOf,
  taskIsOver,
} from "./aws-failure.ts";

test.each([NoSuchKey, NotFound])(
  "an object that is not there is missing, whatever S3 calls it in this operation",
  (Missing) => {
    expect(isMissingObject(new Missing({ message: "", $metadata: {} }))).toBe(true);
    expect(isMissingObject(new Error("getaddrinfo ENOTFOUND"))).toBe(false);
  },
);

/** What a client sees of a fault. */
async function errorOf(fault: Fault, Command: typeof GetObjectCommand | typeof HeadObjectCommand = GetObjectCommand) {
  await using aws = createLocalAws();
  const s3 = new S3Client({ ...aws.clientConfig(), forcePathStyle: true, maxAttempts: 1 });
  await s3.send(new CreateBucketCommand({ Bucket: "bucket" }));
  aws.failCalls({}, fault);
  const call = s3.send(new Command({ Bucket: "bucket", Key: "key" }) as GetObjectCommand);
  return call.then(
    () => undefined,
    (error: unknown) => error,
  );
}

const everyLook = Object.entries(outages).flatMap(([name, fault]) => [
  { name, fault, Command: GetObjectCommand },
  { name, fault, Command: HeadObjectCommand },
]);

test.each(everyLook)("a $name says nothing of what was asked for: $Command.name", async ({ fault, Command }) => {
  const error = await errorOf(fault, Command);
  expect(error).toBeInstanceOf(Error);
  expect(isUnanswered(error)).toBe(true);
  expect([isMissingObject(error), isOwnMistake(error), isThrottled(error), taskIsOver(error)]).toEqual([
    false,
    false,
    false,
    false,
  ]);
});

test.each([
  ["500", "InternalError"],
  ["502 of HTML", "HTTP 502"],
  ["503 without a body", "HTTP 503"],
  ["reset connection", "ECONNRESET"],
  ["unknown host", "ENOTFOUND"],
] as const)("a %s is told as %s", async (name, code) => {
  const told = describeFailure(await errorOf(outages[name]));
  expect(told.code).toBe(code);
  expect(told.message).not.toMatch(/UnknownError|<html>/);
});

test("permissions and what was never deployed are the caller's own mistake, unless the service itself was down", async () => {
  for (const code of ["AccessDenied", "NoSuchBucket", "ActivityDoesNotExist"]) {
    const error = await errorOf({ code, status: 403 });
    expect([code, isOwnMistake(error), isUnanswered(error)]).toEqual([code, true, false]);
    expect(isOwnMistake(await errorOf({ code, status: 503 }))).toBe(false);
  }
});

test.each(["SomethingNew", "toString", "ExpiredToken", "InvalidRequest"])(
  "%s is nobody's mistake for good",
  async (code) => {
    expect(isOwnMistake(await errorOf({ code }))).toBe(false);
  },
);

test("throttling is what the SDK takes for it", async () => {
  for (const fault of [
    { code: "SlowDown", status: 503 },
    { code: "RequestLimitExceeded", status: 503 },
    { code: "SomethingNew", status: 429 },
  ]) {
    expect([fault.code, isThrottled(await errorOf(fault))]).toEqual([fault.code, true]);
  }
  expect(isThrottled(await errorOf({ code: "AccessDenied", status: 403 }))).toBe(false);
});

test("what answers HEAD with a status alone is known by it", async () => {
  for (const status of [400, 403, 500]) {
    const error = await errorOf({ code: "AccessDenied", status }, HeadObjectCommand);
    expect([statusOf(error), isMissingObject(error)]).toEqual([status, false]);
  }
});
