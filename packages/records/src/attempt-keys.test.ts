import { expect, test } from "vitest";
import { attemptFolders, parseAttemptKey } from "./attempt-keys.ts";
import { stateKey } from "./state-key.ts";

const BUILD = "1.2.3_alice";
const TASK = "MakePackage-1.2.3-debian-12-bookworm";
const AT = "2026-11-24T09:00:00.123Z";
const key = stateKey.attempt(BUILD, TASK, "i-1", AT);
const told = { activity: "MakePackage", build: BUILD, task: TASK, claimedAt: new Date(AT), instance: "i-1" };

test("a record's key tells whose attempt it was, also one from before keys held the activity", () => {
  const former = key.replace("attempts/MakePackage/", "attempts/");
  expect(parseAttemptKey(key)).toEqual({ key, ...told });
  expect(parseAttemptKey(former)).toEqual({ key: former, ...told });
});

test.each([
  ["about another activity's task", key.replace("attempts/MakePackage/", "attempts/MakeSource/")],
  [
    "as if they were a build from before that bears the activity's name",
    `attempts/MakeSource/${key.split("/").slice(3).join("/")}`,
  ],
  ["in a folder of the task's", key.replace(/[^/]+$/, "more/$&")],
  ["beside the form that the agent writes", key.replace("T09", " 09")],
  ["that is no record", key.replace(".json", ".log.gz")],
])("what a worker may write %s is no attempt's", (_, forged) => {
  expect(forged).not.toBe(key);
  expect(parseAttemptKey(forged)).toBeUndefined();
});

test("a task's records are looked for where they are written, and where those of before are", () => {
  const of = (build: string) => attemptFolders({ build, task: TASK });
  expect(of(`arn:aws:states:us-west-2:1:execution:hhvm:${BUILD}`)).toEqual(of(BUILD));
  expect(of(BUILD)).toEqual([`attempts/${BUILD}/${TASK}/`, `attempts/MakePackage/${BUILD}/${TASK}/`]);
  // Workers of MakeSource may write there.
  expect(of("MakeSource")).toEqual([`attempts/MakePackage/MakeSource/${TASK}/`]);
});
