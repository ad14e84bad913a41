import { mkdtemp, readdir, rm } from "node:fs/promises";
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
import { clientsInProcess, recordedDiagnostics } from "../testing/worker-in-process.ts";
import { realClock } from "./clock.ts";
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

function open({ mostBytes = 2 ** 30, startedMs = 1 } = {}) {
  const diagnostics = recordedDiagnostics();
  const sink = cloudWatchSink({ clients: clientsInProcess(aws), ...stream, diagnostics });
  return createLogStream({ sink, spool: logSpool({ folder, mostBytes, startedMs }), clock: realClock, diagnostics });
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
  await expect.poll(() => stored().catch(() => []), { timeout: 5000 }).toEqual(["hello"]);
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
