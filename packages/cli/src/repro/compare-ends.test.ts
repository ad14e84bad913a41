import { expect, test } from "vitest";
import { compareEnds, type End, endHere, endThere, exitCodeOf } from "./compare-ends.ts";

const failed = (exit: number, error = "Muster.ScriptFailed") =>
  endThere({ error, cause: JSON.stringify({ ec2: "i-1", time_sec: "3", exit, line: "error: no compiler" }) });
const succeeded = endThere({});

test.each<[string, End, End, string, number]>([
  ["the same exit code", failed(3), failed(3), "fails in the same way", 1],
  ["another exit code", failed(3), failed(4), "fails in another way", 1],
  ["another error", failed(3), failed(3, "Muster.InitFailed"), "fails in another way", 1],
  ["a failure that is none here", failed(3), succeeded, "does not fail", 0],
  ["a success", succeeded, succeeded, "succeeds as it did", 0],
  ["a success that fails here", succeeded, failed(3), "fails here alone", 1],
])("%s", (_, there, here, verdict, exitCode) => {
  const found = compareEnds(there, here, { interrupted: false });
  expect(found).toBe(verdict);
  expect(exitCodeOf(found)).toBe(exitCode);
});

test("what a person interrupted says nothing", () => {
  const verdict = compareEnds(failed(3), failed(3), { interrupted: true });
  expect([verdict, exitCodeOf(verdict)]).toEqual(["was ended", 130]);
});

test("an end has its words, its exit code and the line that tells why", () => {
  expect(failed(3)).toEqual({
    error: "Muster.ScriptFailed",
    exit: 3,
    line: "error: no compiler",
    words: "failed with exit code 3",
  });
  expect(endHere({ exitCode: 1, outcome: undefined })).toMatchObject({ error: "Muster.WorkerInterrupted" });
  expect(endHere({ exitCode: 0, outcome: { kind: "success", output: {} } })).toMatchObject({ error: null, exit: 0 });
});
