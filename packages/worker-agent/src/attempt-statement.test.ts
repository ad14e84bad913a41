import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { runOneTask } from "../testing/run-one-task.ts";
import { testStage } from "../testing/test-stage.ts";

const TASK = "MakeThing-1.2.3-debian-12-bookworm";

test("an attempt leaves its log and a record that says what ran, where, and what came of it", async () => {
  await using stage = await testStage();
  const { published, worker, ending } = await runOneTask(stage, "echo hello; exit 3", {
    task: { platform: "debian-12-bookworm", env: { VERSION: "1.2.3", API_TOKEN: "abcdefghijk" } },
  });
  const prefix = `attempts/${published.executionArn.split(":").at(-1)}/${TASK}/`;
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
          instance: worker.instanceId,
          execution: published.executionArn,
          instanceType: "t3.small",
        },
        resolvedDependencies: [{ name: "script", digest: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } }],
      },
      runDetails: {
        byproducts: [
          { name: "outcome", annotations: { result: "failure", error: "Muster.ScriptFailed", cause: ending.cause } },
          { name: "log", annotations: { complete: true } },
          { name: "last lines" },
        ],
      },
    },
  });
  expect(Buffer.from(record.predicate.runDetails.byproducts[2].content, "base64").toString()).toContain("hello");
  expect(JSON.stringify(record)).not.toContain("abcdefghijk");
});
