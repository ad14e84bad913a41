import { gunzipSync } from "node:zlib";
import { outages, runUntil, virtualClock } from "@muster/local";
import { expect, test } from "vitest";
import { type TestStage, testStage } from "../../testing/test-stage.ts";
import { startInProcess } from "../../testing/worker-in-process.ts";

const TROUBLE = { code: "ServiceUnavailable", status: 503 };
const UPLOAD = { uri: "s3://downloads/thing.tar.gz", sha256: "a".repeat(64) };
const note = (upload: object) => `echo '${JSON.stringify(upload)}' >>"$(dirname "$MUSTER_RESULT")/uploads.jsonl"`;

interface Statement {
  readonly subject: readonly { name: string; digest: { sha256: string } }[];
  readonly predicate: { readonly buildDefinition: { readonly internalParameters: Record<string, unknown> } };
}

/** The one attempt's record and log. */
async function kept(stage: TestStage): Promise<{ record: Statement; log: string }> {
  const keys = await stage.stateKeys("attempts/");
  const read = async (suffix: string) =>
    stage.stateObject(keys.find((key) => key.endsWith(suffix)) ?? `nothing ends with ${suffix}`);
  return {
    record: JSON.parse((await read(".json")).toString()),
    log: gunzipSync(await read(".log.gz")).toString(),
  };
}

test.each([
  ["small", 10],
  ["large", 100_000],
])("a %s log and the record reach S3 after the task when S3 does not take them before", async (_, lines) => {
  const clock = virtualClock();
  await using stage = await testStage({ clock });
  const worker = await startInProcess(stage, { script: `seq ${lines}; ${note(UPLOAD)}` });
  const restore = stage.aws.failCalls({ service: "s3", operation: "PutObject" }, TROUBLE);
  const task = await stage.publish();
  expect(await runUntil(stage.aws, clock, task.ended)).toMatchObject({ status: "SUCCEEDED" });
  expect(await stage.stateKeys("attempts/")).toEqual([]);
  restore();
  worker.stop("over");
  await runUntil(stage.aws, clock, worker.ended);
  const { record, log } = await kept(stage);
  expect(log.split("\n").slice(1, -2)).toEqual(Array.from({ length: lines }, (_, index) => `${index + 1}`));
  expect(record.subject[0]).toEqual({ name: UPLOAD.uri, digest: { sha256: UPLOAD.sha256 } });
  expect(record.predicate.buildDefinition.internalParameters.imageId).toBe("ami-1");
});

test.each([
  ["small", 10],
  ["large", 100_000],
])("a record with a %s log is written where none is, and nowhere else: what is there stays", async (_, lines) => {
  const clock = virtualClock();
  await using stage = await testStage({ clock });
  // As the bucket's policy does.
  for (const operation of ["PutObject", "CompleteMultipartUpload"]) {
    stage.aws.failCalls(
      { service: "s3", operation, when: (input) => isUnconditional(input as Put) },
      { code: "AccessDenied", status: 403 },
    );
  }
  const worker = await startInProcess(stage, { script: `seq ${lines}` });
  const task = await stage.publish();
  await runUntil(stage.aws, clock, task.ended);
  worker.stop("over");
  await runUntil(stage.aws, clock, worker.ended);
  expect((await kept(stage)).log).toContain("succeeded");
});

interface Put {
  readonly Key: string;
  readonly IfNoneMatch?: string;
}

const isUnconditional = ({ Key, IfNoneMatch }: Put) => Key.startsWith("attempts/") && IfNoneMatch !== "*";

test("a worker ends without its records when S3 takes none until then", async () => {
  const clock = virtualClock();
  await using stage = await testStage({ clock });
  const worker = await startInProcess(stage, { script: "true" });
  stage.aws.failCalls({ service: "s3", operation: "PutObject" }, TROUBLE);
  const task = await stage.publish();
  await runUntil(stage.aws, clock, task.ended);
  worker.stop("over");
  expect(await runUntil(stage.aws, clock, worker.ended)).toBe("stopped");
  expect(worker.messages.filter((line) => line.includes("the attempt's record could not be kept\""))).toHaveLength(2);
});

test.each([...Object.entries(outages), ["AccessDenied under a 503", { code: "AccessDenied", status: 503 }]] as const)(
  "a record that meets a %s is tried again",
  async (_, fault) => {
    const clock = virtualClock();
    await using stage = await testStage({ clock });
    const worker = await startInProcess(stage, { script: "true" });
    stage.aws.failCalls({ service: "s3", operation: "PutObject", times: 4 }, fault);
    const task = await stage.publish();
    expect(await runUntil(stage.aws, clock, task.ended)).toMatchObject({ status: "SUCCEEDED" });
    worker.stop("over");
    await runUntil(stage.aws, clock, worker.ended);
    expect((await kept(stage)).log).toContain("succeeded");
  },
);

test("what may not be written is not tried again, and holds no report back", async () => {
  const clock = virtualClock();
  await using stage = await testStage({ clock });
  const worker = await startInProcess(stage, { script: "true" });
  stage.aws.failCalls({ service: "s3", operation: "PutObject" }, { code: "AccessDenied", status: 403 });
  const startMs = clock.now();
  const task = await stage.publish();
  expect(await runUntil(stage.aws, clock, task.ended)).toMatchObject({ status: "SUCCEEDED" });
  expect(clock.now() - startMs).toBeLessThan(5000);
  worker.stop("over");
  await runUntil(stage.aws, clock, worker.ended);
});

test.each([
  ["a pipe", "mkfifo"],
  ["a link to something endless", "ln -s /dev/zero"],
  ["a link to another file", "ln -s /etc/passwd"],
])("a script that makes %s of the notes of its uploads has a record without uploads", async (_, make) => {
  await using stage = await testStage();
  const worker = await startInProcess(stage, { script: `${make} "$(dirname "$MUSTER_RESULT")/uploads.jsonl"` });
  const task = await stage.publish();
  expect((await task.ended).status).toBe("SUCCEEDED");
  worker.stop("over");
  await worker.ended;
  expect((await kept(stage)).record.subject).toHaveLength(1);
});
