import { expect, test } from "vitest";
import { instanceOfRecord, parseAttemptRecord } from "./attempt-record.ts";

const sha256 = "a".repeat(64);
/** As the agent's `attemptStatement` writes it. */
const statement = (changes: { dependencies?: unknown[]; outcome?: object } = {}) =>
  JSON.stringify({
    subject: [{ name: "s3://scratch/1.2.3.txt", digest: { sha256 } }],
    predicate: {
      buildDefinition: {
        externalParameters: {
          ...{ task: "Make-1.2.3", activity: "Make", version: "1.2.3", debug: "" },
          environment: { VERSION: "1.2.3", API_TOKEN: "[masked]" },
        },
        internalParameters: {
          ...{ execution: "arn:aws:states:us-west-2:1:execution:x:b", timeoutSeconds: 600, heartbeatSeconds: 300 },
          ...{ region: "us-west-2", instance: "i-1", instanceType: "t3.micro" },
        },
        resolvedDependencies: changes.dependencies ?? [
          { name: "script", uri: "s3://assets/scripts/make.sh?versionId=7", digest: { sha256 } },
        ],
      },
      runDetails: {
        builder: { id: "arn:aws:states:us-west-2:1:activity:Make" },
        metadata: { startedOn: "2026-11-30T07:00:00.000Z", finishedOn: "2026-11-30T07:00:10.000Z" },
        byproducts: [{ name: "outcome", annotations: changes.outcome ?? { result: "success", output: {} } }],
      },
    },
  });

test("a record says what ran, where, and what came of it", () => {
  const outcome = { result: "failure", error: "Muster.ScriptFailed", cause: { exit: 3 } };
  expect(parseAttemptRecord("key", statement({ outcome }))).toMatchObject({
    task: "Make-1.2.3",
    place: { per: "version", version: "1.2.3" },
    instanceType: "t3.micro",
    script: { url: "s3://assets/scripts/make.sh?versionId=7", sha256 },
    init: undefined,
    uploads: ["s3://scratch/1.2.3.txt"],
    end: { error: "Muster.ScriptFailed", cause: '{"exit":3}' },
  });
  expect(parseAttemptRecord("key", statement()).end).toEqual({});
  expect(parseAttemptRecord("key", statement({ outcome: { result: "cancelled", why: "TaskTimedOut" } })).end).toEqual({
    error: "TaskTimedOut",
  });
});

test("one whose scripts have no digest names no script; what is no record is refused by its key", () => {
  const old = statement({ dependencies: [{ name: "script", uri: "s3://assets/make.sh" }] });
  expect(parseAttemptRecord("key", old).script).toBeUndefined();
  for (const text of [undefined, "", "{}", "[1]"])
    expect(() => parseAttemptRecord("attempts/b/t/1_i-1.json", text)).toThrow(
      /^attempts\/b\/t\/1_i-1\.json is no attempt's record/,
    );
});

test("a record's key tells its worker", () => {
  expect(instanceOfRecord("attempts/b_1/Make-1.2.3/2026-11-30T07-00-00-000Z_i-0123.json")).toBe("i-0123");
});
