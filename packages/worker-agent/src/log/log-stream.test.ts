import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  GetLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { createLocalAws, type LocalAws, type ObservedCall } from "@muster/local";
import { afterEach, beforeEach, expect, test } from "vitest";
import { clientsInProcess, recordedDiagnostics } from "../../testing/worker-in-process.ts";
import { type Clock, realClock } from "../clock.ts";
import { cloudWatchSink } from "./cloud-watch-sink.ts";
import { logSpool } from "./log-spool.ts";
import { createLogStream } from "./log-stream.ts";

const stream = { logGroupName: "group", logStreamName: "w_i-1" };

let aws: LocalAws;
let folder: string;
let calls: ObservedCall[];
beforeEach(async () => {
  calls = [];
  folder = await mkdtemp(join(tmpdir(), "muster-log-"));
  aws = createLocalAws({ onCall: (call) => calls.push(call) });
  await new CloudWatchLogsClient(aws.clientConfig()).send(new CreateLogGroupCommand({ logGroupName: "group" }));
});
afterEach(async () => {
  await aws.close();
  await rm(folder, { recursive: true });
});

function open({ mostBytes = 2 ** 30, startedMs = 1, clock = realClock as Clock } = {}) {
  const diagnostics = recordedDiagnostics();
  const sink = cloudWatchSink({ clients: clientsInProcess(aws), ...stream, clock, diagnostics });
  return createLogStream({ sink, spool: logSpool({ folder, mostBytes, startedMs }), clock, diagnostics });
}

/** The machine's clock, as far off as a test sets it. */
function clockOfMachine() {
  const wrong = { byMs: 0 };
  const clock: Clock = {
    now: () => realClock.now() + wrong.byMs,
    at: (atMs, callback) => realClock.at(atMs - wrong.byMs, callback),
  };
  return { clock, wrong };
}

async function stored(): Promise<string[]> {
  const logs = new CloudWatchLogsClient(aws.clientConfig());
  const lines: string[] = [];
  for (let nextToken: string | undefined; ; ) {
    const page = await logs.send(new GetLogEventsCommand({ ...stream, startFromHead: true, nextToken }));
    lines.push(...(page.events ?? []).map(({ message }) => message ?? ""));
    if (page.nextForwardToken === nextToken) return lines;
    nextToken = page.nextForwardToken;
  }
}

const numbered = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `line ${from + index} ${"x".repeat(100)}`);

/** Writes as a script's reader does: no faster than there is room. */
async function writeAll(log: ReturnType<typeof open>, lines: readonly string[]): Promise<number> {
  let waits = 0;
  for (let at = 0; at < lines.length; at += 500) {
    log.write(lines.slice(at, at + 500));
    for (let room = log.room(); room !== undefined; room = log.room()) {
      waits++;
      await room;
    }
  }
  return waits;
}

function same(got: readonly string[], wanted: readonly string[]): void {
  expect(got.length).toBe(wanted.length);
  expect(got.findIndex((line, index) => line !== wanted[index])).toBe(-1);
}

test("a line that is alone is sent by itself, soon", async () => {
  open().write(["hello"]);
  await expect.poll(() => stored().catch(() => [])).toEqual(["hello"]);
});

test("batches keep within what PutLogEvents takes", async () => {
  const log = open();
  const many = Array.from({ length: 25_000 }, (_, index) => `${index}`);
  const large = Array.from({ length: 9 }, (_, index) => `${index}`.repeat(250_000));
  await writeAll(log, [...many, ...large]);
  expect(await log.flush(30_000)).toBe(true);
  same(await stored(), [...many, ...large]);
  const batches = calls
    .filter(({ operation }) => operation === "PutLogEvents")
    .map(({ input }) => (input as { logEvents: { message: string }[] }).logEvents);
  expect(batches.length).toBeGreaterThan(4);
  for (const batch of batches) {
    expect(batch.length).toBeLessThanOrEqual(10_000);
    const bytes = batch.reduce((sum, { message }) => sum + Buffer.byteLength(message) + 26, 0);
    expect(bytes).toBeLessThanOrEqual(1_048_576);
  }
});

test("while CloudWatch does not answer, lines go to disk, and then all arrive, once and in order", async () => {
  const log = open();
  const lines = numbered(0, 120_000);
  const restore = aws.failCalls({ service: "logs" }, { code: "ServiceUnavailableException", status: 503 });
  await writeAll(log, lines);
  expect(await log.flush(50)).toBe(false);
  expect((await readdir(folder)).length).toBeGreaterThan(5);
  restore();
  expect(await log.flush(60_000)).toBe(true);
  same(await stored(), lines);
  expect(await readdir(folder)).toEqual([]);
});

test("a full spool holds the writer back until there is room", async () => {
  const log = open({ mostBytes: 1 });
  const restore = aws.failCalls({ service: "logs" }, { code: "ThrottlingException" });
  const lines = numbered(0, 100_000);
  let done = false;
  const writing = writeAll(log, lines).then((waits) => {
    done = true;
    return waits;
  });
  expect(await log.flush(300)).toBe(false);
  expect(done).toBe(false);
  restore();
  expect(await writing).toBeGreaterThan(0);
  expect(await log.flush(60_000)).toBe(true);
  same(await stored(), lines);
});

test("what an agent that died left on disk is sent first, in its order", async () => {
  const left = logSpool({ folder, mostBytes: 2 ** 30, startedMs: 1 });
  const timestamp = Date.now();
  for (const sequence of [11, 2, 7]) await left.store(sequence, [{ timestamp, message: `left ${sequence}` }]);
  const log = open({ startedMs: 2 });
  log.write(["new"]);
  expect(await log.flush(10_000)).toBe(true);
  expect(await stored()).toEqual(["left 2", "left 7", "left 11", "new"]);
  expect(await readdir(folder)).toEqual([]);
});

test.each([
  ["refuses lines", 1],
  ["does not answer", 0],
])("what an agent had to say while CloudWatch %s survives it, in its order", async (_, refusals) => {
  const spool = logSpool({ folder, mostBytes: 2 ** 30, startedMs: 1 });
  let sends = 0;
  const sink = async () => {
    if (sends++ < refusals) throw new Error("refused");
    return new Promise<never>(() => {});
  };
  const dead = createLogStream({ sink, spool, clock: realClock, diagnostics: recordedDiagnostics() });
  const lines = ["one", "two", "three", "four"];
  for (const line of lines) {
    dead.write([line]);
    await dead.flush(1);
  }
  await expect.poll(() => readdir(folder)).toHaveLength(lines.length);
  const log = open({ startedMs: 2 });
  log.write(["after"]);
  expect(await log.flush(10_000)).toBe(true);
  expect(await stored()).toEqual([...lines, "after"]);
});

test("a stream that already exists, or that somebody deletes, is no obstacle", async () => {
  await new CloudWatchLogsClient(aws.clientConfig()).send(new CreateLogStreamCommand(stream));
  const log = open();
  log.write(["one"]);
  expect(await log.flush(5000)).toBe(true);
  aws.failCalls({ service: "logs", operation: "PutLogEvents", times: 1 }, { code: "ResourceNotFoundException" });
  log.write(["two"]);
  expect(await log.flush(5000)).toBe(true);
  expect(await stored()).toEqual(["one", "two"]);
});

test("a line whose answer was lost may be there twice, but none is missing", async () => {
  const log = open();
  aws.failCalls(
    { service: "logs", operation: "PutLogEvents", times: 1 },
    { code: "InternalFailure", status: 500, afterwards: true },
  );
  log.write(["one", "two"]);
  expect(await log.flush(5000)).toBe(true);
  log.write(["three"]);
  expect(await log.flush(5000)).toBe(true);
  expect(await stored()).toEqual(["one", "two", "one", "two", "three"]);
});

test("a flush waits for what was written before it, whoever goes on writing", async () => {
  const log = open();
  aws.delayCalls({ service: "logs", operation: "PutLogEvents" }, 60);
  let written = 0;
  const daemon = setInterval(() => log.write([`daemon ${written++}`]), 20);
  try {
    log.write(["the task's last line"]);
    expect(await log.flush(20_000)).toBe(true);
  } finally {
    clearInterval(daemon);
  }
  expect(await stored()).toContain("the task's last line");
  expect(await log.flush(20_000)).toBe(true);
  expect((await stored()).filter((line) => line.startsWith("daemon"))).toHaveLength(written);
});

test("a flush with nothing to wait for is done at once, and one of a predecessor's lines is not", async () => {
  expect(await open().flush(1000)).toBe(true);
  await logSpool({ folder, mostBytes: 2 ** 30, startedMs: 1 }).store(0, [{ timestamp: Date.now(), message: "left" }]);
  const restore = aws.failCalls({ service: "logs" }, { code: "ServiceUnavailableException", status: 503 });
  const log = open({ startedMs: 2 });
  expect(await log.flush(100)).toBe(false);
  restore();
  expect(await log.flush(10_000)).toBe(true);
  expect(await stored()).toEqual(["left"]);
});

const HOUR_MS = 3_600_000;
test.each([
  ["three hours ahead", 3 * HOUR_MS],
  ["two days ahead", 48 * HOUR_MS],
  ["a month behind", -30 * 24 * HOUR_MS],
])("lines written while the clock is %s are sent all the same, and those after it", async (_, byMs) => {
  const { clock, wrong } = clockOfMachine();
  const log = open({ clock });
  log.write(["before"]);
  wrong.byMs = byMs;
  log.write(["meanwhile"]);
  wrong.byMs = 0;
  log.write(["after"]);
  expect(await log.flush(10_000)).toBe(true);
  expect((await stored()).toSorted()).toEqual(["after", "before", "meanwhile"]);
});

test("lines keep their order when the clock goes back by minutes", async () => {
  const { clock, wrong } = clockOfMachine();
  const log = open({ clock });
  log.write(["first"]);
  wrong.byMs = -10 * 60_000;
  log.write(["second"]);
  expect(await log.flush(10_000)).toBe(true);
  log.write(["third"]);
  expect(await log.flush(10_000)).toBe(true);
  expect(await stored()).toEqual(["first", "second", "third"]);
});

test("what is refused is sent again by itself, even where that fails at first", async () => {
  const spool = logSpool({ folder, mostBytes: 2 ** 30, startedMs: 1 });
  await spool.store(0, [
    { timestamp: Date.now(), message: "taken" },
    { timestamp: Date.now() + 3 * HOUR_MS, message: "refused" },
  ]);
  const isSecond = (input: unknown) => (input as { logEvents?: unknown[] }).logEvents?.length === 1;
  aws.failCalls({ service: "logs", when: isSecond, times: 1 }, { code: "ThrottlingException" });
  expect(await open({ startedMs: 2 }).flush(10_000)).toBe(true);
  expect(await stored()).toEqual(["taken", "refused"]);
});

test("a batch that cannot be removed from disk after it was sent stops nothing", async () => {
  const spool = logSpool({ folder, mostBytes: 2 ** 30, startedMs: 1 });
  await spool.store(1, [{ timestamp: Date.now(), message: "left" }]);
  const log = open({ startedMs: 2 });
  // In the place of the batch's file, which is read by then.
  const [file = ""] = await readdir(folder);
  aws.delayCalls({ service: "logs", operation: "PutLogEvents" }, 100);
  await expect.poll(() => calls.some(({ operation }) => operation === "CreateLogStream")).toBe(true);
  await rm(join(folder, file));
  await mkdir(join(folder, file, "not-empty"), { recursive: true });
  log.write(["new"]);
  expect(await log.flush(10_000)).toBe(true);
  log.write(["newer"]);
  expect(await log.flush(10_000)).toBe(true);
  expect(await stored()).toEqual(["left", "new", "newer"]);
});
