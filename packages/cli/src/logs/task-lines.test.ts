import { logMarker } from "@muster/pipeline";
import { expect, test } from "vitest";
import { taskLines } from "./task-lines.ts";

const mark = (kind: "start" | "end", task: string, build: string, attempt = "1") =>
  logMarker({ kind, task, build, attempt });

/** Whose lines they are, as `task@build/attempt`. */
function owners(stream: readonly string[], first?: Parameters<typeof taskLines>[0]): string[] {
  const ownerOf = taskLines(first);
  return stream.map((line) => {
    const part = ownerOf(line);
    return part === undefined ? "" : `${part.task}@${part.build}/${part.attempt ?? "?"}`;
  });
}

test("a task has the lines between its markers and the markers, in each build and attempt", () => {
  const stream = [
    "worker starts",
    mark("start", "A-1.2.3", "first"),
    "a of the first build",
    mark("end", "A-1.2.3", "first"),
    "idle",
    mark("start", "A-1.2.3-debian-12-bookworm", "second"),
    "a longer name",
    mark("end", "A-1.2.3-debian-12-bookworm", "second"),
    mark("start", "A-1.2.3", "second", "2"),
    "a of the second build",
    mark("end", "A-1.2.3", "second", "2"),
    "shutting down",
  ];
  const longer = "A-1.2.3-debian-12-bookworm@second/1";
  const [first, second] = ["A-1.2.3@first/1", "A-1.2.3@second/2"];
  expect(owners(stream)).toEqual(["", first, first, first, "", longer, longer, longer, second, second, second, ""]);
});

test("a task without an end stops where another starts", () => {
  const stream = [mark("start", "A", "b"), "a", mark("start", "B", "b"), "b", mark("end", "B", "b"), "rest"];
  expect(owners(stream)).toEqual(["A@b/1", "A@b/1", "B@b/1", "B@b/1", "B@b/1", ""]);
});

test("from the middle of a task on, its lines are those before the first marker", () => {
  expect(owners(["a", mark("end", "A", "b"), "rest"], { task: "A", build: "b" })).toEqual(["A@b/?", "A@b/1", ""]);
  expect(owners(["a", mark("start", "B", "b")], { task: "A", build: "b" })).toEqual(["A@b/?", "B@b/1"]);
});
