import { expect, test } from "vitest";
import { stageWithWorkers } from "../testing/stage-with-workers.ts";
import { createDiagnostics } from "./diagnostics.ts";

const lines: string[] = [];
const {
  info,
  warn,
  error: fail,
} = createDiagnostics(
  (line) => lines.push(line),
  () => Date.UTC(2026, 0, 2, 3, 4, 5),
);
const written = (write: () => void): string => {
  write();
  return lines.pop() ?? "";
};

test("a line is one JSON object: when, how bad, what, and then the details", () => {
  expect(written(() => info("task taken", { task: "A-1.2.3", tries: 2 }))).toBe(
    '{"time":"2026-01-02T03:04:05.000Z","level":"info","message":"task taken","task":"A-1.2.3","tries":2}',
  );
  expect(written(() => warn("several\nlines"))).not.toContain("\n");
});

test("of an error there is its code or name, and the first line of what it says, without a stack", () => {
  const full = Object.assign(new Error("no space left\n    at write"), { code: "ENOSPC" });
  expect(JSON.parse(written(() => fail("it failed", { error: full })))).toMatchObject({
    level: "error",
    error: "ENOSPC",
    reason: "no space left",
  });
  expect(JSON.parse(written(() => fail("it failed", { error: "odd" })))).toMatchObject({
    error: "Error",
    reason: "odd",
  });
});

test("secrets that an error quotes are hidden, and the line stays JSON", () => {
  const error = new Error('cannot get "https://build:hunter2@example.org/x?X-Amz-Signature=0123456789abcdef"');
  const line = written(() => fail("it failed", { error }));
  expect(line).not.toMatch(/hunter2|0123456789abcdef/);
  expect(JSON.parse(line).reason).toContain("example.org");
});

test("a worker's own log says what happened to a task, and holds nothing that a script printed", async () => {
  await using stage = await stageWithWorkers();
  const worker = await stage.startWorker({ script: "echo printed by a script; exit 3" });
  await stage.runTask({ name: "MakeThing-9.9.9" });
  await worker.stopped;
  const entries = worker
    .console()
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  for (const entry of entries) {
    expect(entry).toMatchObject({
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      level: expect.stringMatching(/^(info|warn|error)$/),
      message: expect.any(String),
    });
  }
  expect(entries).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ message: "task taken", task: "MakeThing-9.9.9" }),
      expect.objectContaining({ message: "task reported", outcome: "failure" }),
      expect.objectContaining({ message: "the worker ends", end: "failed task", tasks: 1 }),
    ]),
  );
  expect(worker.console()).not.toContain("printed by a script");
});
