import { logMarker } from "@muster/pipeline";
import { expect, test } from "vitest";
import { taskLines } from "./task-lines.ts";

const mark = (kind: "start" | "end", task: string, build: string) => logMarker({ kind, task, build, attempt: "1" });

test("only the task's own lines and markers are picked, of this build alone", () => {
  const stream = [
    "worker starts",
    mark("start", "A-1.2.3", "first"),
    "a of the first build",
    mark("end", "A-1.2.3", "first"),
    "idle",
    mark("start", "A-1.2.3-debian-12-bookworm", "second"),
    "a longer name",
    mark("end", "A-1.2.3-debian-12-bookworm", "second"),
    mark("start", "A-1.2.3", "second"),
    "a of the second build",
    mark("end", "A-1.2.3", "second"),
    "shutting down",
  ];
  const isOurs = taskLines({ task: "A-1.2.3", build: "second" });
  expect(stream.filter(isOurs)).toEqual(stream.slice(8, 11));
});

test("a task without an end stops where another starts", () => {
  const isOurs = taskLines({ task: "A", build: "b" });
  const stream = [mark("start", "A", "b"), "a", mark("start", "B", "b"), "b", mark("end", "B", "b"), "rest"];
  expect(stream.filter(isOurs)).toEqual(stream.slice(0, 2));
});
