import { logMarker } from "@muster/pipeline";
import { expect, test } from "vitest";
import { pickLast } from "./last-lines.ts";

const ours = { task: "Make-1.2.3", build: "b" };
const mark = (kind: "start" | "end", details?: string, task = ours.task, build = ours.build) =>
  logMarker({ kind, task, build, attempt: "t", ...(details !== undefined && { details }) });
const numbered = (count: number, word = "line") => Array.from({ length: count }, (_, index) => `${word} ${index}`);

test("only what the script itself printed is a task's last words", () => {
  const stream = [
    "worker starts",
    mark("start", undefined, "Make-1.2.2"),
    "another task's",
    mark("end", undefined, "Make-1.2.2"),
    mark("start"),
    "one",
    "two",
    mark("end", "Muster.ScriptFailed, exit 2"),
    mark("start", "after-task script"),
    "tidying up",
    mark("end", "after-task script, exit 0"),
    "cleanup",
  ];
  for (const from of [0, 3, 4])
    expect(pickLast(stream.slice(from), ours)).toEqual({ lines: ["one", "two"], isWhole: true });
  // Read from the middle on: perhaps there is more before it.
  expect(pickLast(stream.slice(5), ours)).toEqual({ lines: ["one", "two"], isWhole: false });
  expect(pickLast([...numbered(20), ...stream.slice(7)], ours)).toEqual({ lines: numbered(20), isWhole: true });
  // From the middle of the after-task script on.
  expect(pickLast(stream.slice(9), ours)).toEqual({ lines: [], isWhole: false });
});

test("a script whose worker died has no end, and what it printed last counts", () => {
  expect(pickLast([mark("start"), "one", "two"], ours)).toEqual({ lines: ["one", "two"], isWhole: true });
});

test("the same task of another build is another's", () => {
  const other = [mark("start", undefined, ours.task, "a"), "old", mark("end", undefined, ours.task, "a")];
  expect(pickLast(other, ours)).toEqual({ lines: [], isWhole: false });
  expect(pickLast([...other, mark("start"), "new", mark("end")], ours).lines).toEqual(["new"]);
});
