import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { each, failsFor, mapRun, task } from "./distributed-map-fixture.ts";
import { type StatesFixture, statesFixture } from "./states-fixture.ts";

async function bucket(aws: StatesFixture, objects: Readonly<Record<string, string>> = {}) {
  const s3 = new S3Client({ ...aws.aws.clientConfig(), forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: "things" }));
  for (const [Key, Body] of Object.entries(objects)) {
    await s3.send(new PutObjectCommand({ Bucket: "things", Key, Body }));
  }
  return async (Key: string): Promise<unknown> => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: "things", Key }));
    return JSON.parse((await Body?.transformToString()) ?? "");
  };
}

test("items come from an object in S3, and results go there, by how their executions ended", async () => {
  await using aws = statesFixture({ functions: { work: failsFor(2) } });
  const read = await bucket(aws, { "in/items.json": "[1, 2, 3, 4]" });
  const execution = await aws.start(
    each(
      {
        ItemReader: {
          Resource: "arn:aws:states:::s3:getObject",
          ReaderConfig: { InputType: "JSON", MaxItems: 3 },
          Parameters: { Bucket: "things", "Key.$": "$.key" },
        },
        ResultWriter: {
          Resource: "arn:aws:states:::s3:putObject",
          Parameters: { Bucket: "things", Prefix: "out" },
        },
        ToleratedFailureCount: 1,
      },
      task("work"),
    ),
    { key: "in/items.json" },
  );
  const { output } = await aws.end(execution);
  const { mapRunArn = "", described, executions } = await mapRun(aws, execution);
  const folder = `out/${mapRunArn.slice(-36)}`;
  expect(JSON.parse(output ?? "")).toEqual({
    MapRunArn: mapRunArn,
    ResultWriterDetails: { Bucket: "things", Key: `${folder}/manifest.json` },
  });
  expect(described.executionCounts).toMatchObject({ total: 3, succeeded: 2, failed: 1, resultsWritten: 3 });
  expect(await read(`${folder}/manifest.json`)).toEqual({
    DestinationBucket: "things",
    MapRunArn: mapRunArn,
    ResultFiles: {
      FAILED: [{ Key: `${folder}/FAILED_0.json`, Size: expect.any(Number) }],
      PENDING: [],
      SUCCEEDED: [{ Key: `${folder}/SUCCEEDED_0.json`, Size: expect.any(Number) }],
    },
  });
  expect(await read(`${folder}/SUCCEEDED_0.json`)).toEqual([
    expect.objectContaining({ Input: "1", Output: "1", Status: "SUCCEEDED", ExecutionArn: expect.any(String) }),
    expect.objectContaining({ Input: "3", Output: "3" }),
  ]);
  const failed = executions.find(({ status }) => status === "FAILED");
  expect(await read(`${folder}/FAILED_0.json`)).toEqual([
    expect.objectContaining({ Error: "RangeError", Name: failed?.name, ExecutionArn: failed?.executionArn }),
  ]);
});

const reader = (Key: string) => ({
  ItemReader: {
    Resource: "arn:aws:states:::s3:getObject",
    ReaderConfig: { InputType: "JSON" },
    Parameters: { Bucket: "things", Key },
  },
});

test.each([
  ["an object that is not there", reader("gone.json"), "States.ItemReaderFailed", /NoSuchKey/],
  ["an object that is no JSON", reader("text"), "States.ItemReaderFailed", /JSON/],
  ["an object without a list", reader("object.json"), "States.ItemReaderFailed", /non-iterable/],
  [
    "a bucket for results that is not there",
    {
      ResultWriter: {
        Resource: "arn:aws:states:::s3:putObject",
        Parameters: { Bucket: "nowhere", Prefix: "" },
      },
    },
    "States.ResultWriterFailed",
    /NoSuchBucket/,
  ],
])("%s fails the Map by AWS's name", async (_, fields, error, cause) => {
  await using aws = statesFixture();
  await bucket(aws, { text: "no", "object.json": "{}" });
  const execution = await aws.start(each(fields), []);
  const described = await aws.end(execution);
  expect(described).toMatchObject({ status: "FAILED", error });
  expect(described.cause).toMatch(cause);
  expect((await aws.types(execution)).slice(3)).toEqual([
    "MapRunStarted",
    "MapRunFailed",
    "MapStateFailed",
    "ExecutionFailed",
  ]);
});
