import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { createLocalAws } from "@muster/local";
import { listSteps } from "@muster/pipeline";
import { expect, test } from "vitest";
import { collectMapRun } from "./collect-map-run.ts";

const success = { success: { ec2: "i-1", time_sec: "61" } };
const failure = {
  failure: { Error: "Muster.ScriptFailed", Cause: JSON.stringify({ ec2: "i-2", line: "x".repeat(200) }) },
};

/** What a ResultWriter has written of these platforms' executions. */
async function collect(platforms: Readonly<Record<string, object>>, bytes = 100_000) {
  await using aws = createLocalAws();
  const s3 = new S3Client({ ...aws.clientConfig(), forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: "state" }));
  const put = (Key: string, value: unknown) =>
    s3.send(new PutObjectCommand({ Bucket: "state", Key, Body: JSON.stringify(value) }));
  const outputs = Object.entries(platforms).map(([platform, results]) => ({
    Status: "SUCCEEDED",
    Output: JSON.stringify({ platform, results }),
  }));
  await put("run/SUCCEEDED_0.json", outputs.slice(0, 1));
  await put("run/SUCCEEDED_1.json", outputs.slice(1));
  await put("run/FAILED_0.json", [{ Status: "FAILED", Error: "States.Timeout" }]);
  await put("run/manifest.json", {
    DestinationBucket: "state",
    MapRunArn: "arn",
    ResultFiles: {
      FAILED: [{ Key: "run/FAILED_0.json", Size: 1 }],
      PENDING: [],
      SUCCEEDED: [0, 1].map((index) => ({ Key: `run/SUCCEEDED_${index}.json`, Size: 1 })),
    },
  });
  const written = { MapRunArn: "arn", ResultWriterDetails: { Bucket: "state", Key: "run/manifest.json" } };
  return await collectMapRun(s3, written, { bytes });
}

test("of what went well there is one of each step, and all that failed", async () => {
  const skipped = { skip: true, reason: "it exists" };
  expect(
    await collect({
      "debian-12": { Make: { skip: false, ...success }, Test: skipped },
      "debian-13": { Make: success, Test: success },
      "ubuntu-24": { Make: failure },
    }),
  ).toEqual({ "debian-12": { Make: success }, "debian-13": { Test: success }, "ubuntu-24": { Make: failure } });
});

test("branches of a parallel are merged as in any other build", async () => {
  expect(
    await collect({ "debian-12": { MakeAndTest: [{ results: { Make: success } }, { results: { Test: failure } }] } }),
  ).toEqual({ "debian-12": { Make: success, Test: failure } });
});

test("failures that are more than a state's data holds are named without their causes, and at last as many as go in", async () => {
  const platforms = Object.fromEntries(
    Array.from({ length: 300 }, (_, index) => [`debian-${index}`, { Make: failure }] as const),
  );
  const named = await collect(platforms, 30_000);
  expect(Object.keys(named)).toHaveLength(300);
  expect(named["debian-7"]).toEqual({ Make: { failure: { Error: "Muster.ScriptFailed" } } });
  const cut = await collect(platforms, 10_000);
  expect(JSON.stringify(cut).length).toBeLessThanOrEqual(10_000);
  expect(Object.keys(cut).length).toBeGreaterThan(100);
  expect(listSteps({ ForEachPlatform: cut })).toHaveLength(Object.keys(cut).length);
});
