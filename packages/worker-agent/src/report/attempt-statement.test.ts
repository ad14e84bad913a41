import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { StopExecutionCommand } from "@aws-sdk/client-sfn";
import { expect, test } from "vitest";
import { hasLine, runOneTask } from "../../testing/run-one-task.ts";
import { stageWithWorkers } from "../../testing/stage-with-workers.ts";
import { ACTIVITY, testStage } from "../../testing/test-stage.ts";
import { startInProcess } from "../../testing/worker-in-process.ts";

const TASK = "MakeThing-1.2.3-debian-12-bookworm";

test("an attempt leaves its log and a record that says what ran, where, and what came of it", async () => {
  await using stage = await testStage();
  const { published, worker, ending } = await runOneTask(stage, "echo hello; exit 3", {
    task: { platform: "debian-12-bookworm", env: { VERSION: "1.2.3", API_TOKEN: "abcdefghijk" } },
  });
  const prefix = `attempts/${ACTIVITY}/${published.executionArn.split(":").at(-1)}/${TASK}/`;
  const keys = await stage.stateKeys(prefix);
  const recordKey = keys.find((key) => key.endsWith(`_${worker.instanceId}.json`)) ?? "";
  const logKey = keys.find((key) => key.endsWith(".log.gz")) ?? "";
  expect(keys).toHaveLength(2);
  const log = gunzipSync(await stage.stateObject(logKey))
    .toString()
    .split("\n");
  expect(log).toEqual([expect.stringContaining(`start ${TASK}`), "hello", expect.stringContaining(`end ${TASK}`), ""]);
  const record = JSON.parse((await stage.stateObject(recordKey)).toString());
  expect(record).toMatchObject({
    _type: "https://in-toto.io/Statement/v1",
    predicateType: "https://slsa.dev/provenance/v1",
    subject: [{ name: `s3://test-state/${logKey}`, digest: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } }],
    predicate: {
      buildDefinition: {
        externalParameters: { task: TASK, platform: "debian-12-bookworm", environment: { API_TOKEN: "[masked]" } },
        internalParameters: {
          imageId: "ami-1",
          instance: worker.instanceId,
          execution: published.executionArn,
          instanceType: "t3.small",
        },
        resolvedDependencies: [{ name: "script", digest: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } }],
      },
      runDetails: {
        byproducts: [
          {
            name: "outcome",
            annotations: { result: "failure", exit: 3, error: "Muster.ScriptFailed", cause: ending.cause },
          },
          { name: "log", annotations: { complete: true } },
          { name: "last lines" },
        ],
      },
    },
  });
  expect(Buffer.from(record.predicate.runDetails.byproducts[2].content, "base64").toString()).toContain("hello");
  expect(JSON.stringify(record)).not.toContain("abcdefghijk");
});

test("the record of a cancelled attempt tells how its script ended", async () => {
  await using stage = await testStage();
  const worker = await startInProcess(stage, { script: "trap 'exit 9' TERM; echo started; sleep 1000 & wait" });
  const task = await stage.publish({ heartbeatSeconds: 1 });
  await hasLine(stage, worker.instanceId, "started");
  await stage.sfn.send(new StopExecutionCommand({ executionArn: task.executionArn }));
  const isRecord = (key: string) => key.endsWith(".json");
  await expect.poll(async () => (await stage.stateKeys("attempts/")).some(isRecord), { timeout: 30_000 }).toBe(true);
  const [key = ""] = (await stage.stateKeys("attempts/")).filter(isRecord);
  const { predicate } = JSON.parse((await stage.stateObject(key)).toString());
  expect(predicate.runDetails.byproducts[0].annotations).toMatchObject({ result: "cancelled", exit: 9 });
  worker.stop("the test is over");
  await worker.ended;
});

test("what a script uploaded is a subject of its attempt's record, with its digest", async () => {
  await using stage = await stageWithWorkers();
  const worker = await stage.startWorker({
    script: "echo made >thing; muster-s3 cp thing s3://test-scratch/things/thing",
  });
  const task = await stage.publish();
  expect((await task.ended).status).toBe("SUCCEEDED");
  const [key = ""] = (await stage.stateKeys("attempts/")).filter((name) => name.endsWith(`${worker.instanceId}.json`));
  const { subject, predicate } = JSON.parse((await stage.stateObject(key)).toString());
  const sha256 = createHash("sha256").update("made\n").digest("hex");
  expect(subject[0]).toEqual({ name: "s3://test-scratch/things/thing", digest: { sha256 } });
  expect(predicate.buildDefinition.internalParameters).toMatchObject({ imageId: "ami-00000000000000001" });
});
