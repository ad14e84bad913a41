import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  type FilterLogEventsCommandInput,
  GetLogEventsCommand,
  type GetLogEventsCommandInput,
  PutLogEventsCommand,
  PutRetentionPolicyCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { virtualClock } from "../../clock.ts";
import { createLocalAws, type LocalAws } from "../../local-aws.ts";

const logGroupName = "/muster/workers";
const logStreamName = "w_i-1";
const dayMs = 86_400_000;

let dir: string;
let clock = virtualClock();
let aws: LocalAws;
let logs: CloudWatchLogsClient;

async function open(): Promise<void> {
  aws = createLocalAws({ dir, clock });
  logs = new CloudWatchLogsClient({ ...aws.clientConfig(), maxAttempts: 1 });
}

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "logs-test-"));
  clock = virtualClock();
  await open();
  await logs.send(new CreateLogGroupCommand({ logGroupName }));
  await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
});

afterEach(async () => {
  await aws.close();
  rmSync(dir, { recursive: true, force: true });
});

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => "no failure",
    (error: Error) => error.name,
  );
const put = (
  messages: readonly string[],
  { at = clock.now(), stream = logStreamName }: { at?: number; stream?: string } = {},
) =>
  logs.send(
    new PutLogEventsCommand({
      logGroupName,
      logStreamName: stream,
      logEvents: messages.map((message, index) => ({ timestamp: at + index, message })),
    }),
  );
const get = (input: Partial<GetLogEventsCommandInput> = {}) =>
  logs.send(new GetLogEventsCommand({ logGroupName, logStreamName, startFromHead: true, ...input }));
const messagesOf = ({ events = [] }: { events?: { message?: string | undefined }[] | undefined }) =>
  events.map(({ message }) => message);
const filter = (input: Partial<FilterLogEventsCommandInput>) =>
  logs.send(new FilterLogEventsCommand({ logGroupName, ...input }));

test("events are one JSON object a line in a plain file, and outlive the process", async () => {
  await put(["one", "two\nlines"]);
  const file = join(dir, "logs", "%2Fmuster%2Fworkers", "w_i-1.jsonl");
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  expect(lines.map((line) => JSON.parse(line).message)).toEqual(["one", "two\nlines"]);
  await aws.close();
  await open();
  expect(messagesOf(await get())).toEqual(["one", "two\nlines"]);
});

test("a line that a power cut tore is cut off, and the next one is whole", async () => {
  await put(["one"]);
  await aws.close();
  appendFileSync(join(dir, "logs", "%2Fmuster%2Fworkers", "w_i-1.jsonl"), '{"timestamp":17');
  await open();
  await put(["two"]);
  expect(messagesOf(await get())).toEqual(["one", "two"]);
});

test("reading forward ends with the token that was passed, and goes on when more arrives", async () => {
  await put(["1", "2", "3", "4", "5"]);
  const first = await get({ limit: 2 });
  const second = await get({ limit: 2, nextToken: first.nextForwardToken });
  const third = await get({ limit: 2, nextToken: second.nextForwardToken });
  const end = await get({ limit: 2, nextToken: third.nextForwardToken });
  expect([first, second, third, end].map(messagesOf)).toEqual([["1", "2"], ["3", "4"], ["5"], []]);
  expect(end.nextForwardToken).toBe(third.nextForwardToken);
  clock.advance(1000);
  await put(["6"]);
  expect(messagesOf(await get({ nextToken: end.nextForwardToken }))).toEqual(["6"]);
});

test("reading backward starts at the newest page and ends with the token that was passed", async () => {
  await put(["1", "2", "3", "4", "5"]);
  const newest = await get({ limit: 2, startFromHead: false });
  const before = await get({ limit: 2, nextToken: newest.nextBackwardToken });
  const oldest = await get({ limit: 2, nextToken: before.nextBackwardToken });
  const end = await get({ limit: 2, nextToken: oldest.nextBackwardToken });
  expect([newest, before, oldest, end].map(messagesOf)).toEqual([["4", "5"], ["2", "3"], ["1"], []]);
  expect(end.nextBackwardToken).toBe(oldest.nextBackwardToken);
  expect(messagesOf(await get({ nextToken: before.nextForwardToken }))).toEqual(["4", "5"]);
});

test("an empty stream can be followed from its beginning", async () => {
  const nothing = await get();
  expect(nothing.events).toEqual([]);
  await put(["1"]);
  expect(messagesOf(await get({ nextToken: nothing.nextForwardToken }))).toEqual(["1"]);
});

test("events of one batch after another come back in the order of time, equal times in the order of arrival", async () => {
  const at = clock.now();
  await put(["b1", "c1"], { at: at + 1 });
  await put(["a", "b2"], { at });
  expect(messagesOf(await get())).toEqual(["a", "b1", "b2", "c1"]);
  expect(messagesOf(await get({ startTime: at + 1, endTime: at + 2 }))).toEqual(["b1", "b2"]);
});

test("batches that CloudWatch Logs refuses", async () => {
  expect(await failure(put([]))).toBe("InvalidParameterException");
  expect(await failure(put([""]))).toBe("InvalidParameterException");
  expect(await failure(put(Array.from({ length: 10_001 }, () => "x")))).toBe("InvalidParameterException");
  const half = "x".repeat(524_288 - 26);
  expect(await failure(put([half, half]))).toBe("no failure");
  expect(await failure(put([half, `${half}x`]))).toBe("InvalidParameterException");
  const send = (timestamps: number[]) =>
    failure(
      logs.send(
        new PutLogEventsCommand({
          logGroupName,
          logStreamName,
          logEvents: timestamps.map((timestamp) => ({ timestamp, message: "m" })),
        }),
      ),
    );
  const now = clock.now();
  expect(await send([now, now - 1])).toBe("InvalidParameterException");
  expect(await send([now - dayMs - 1, now])).toBe("InvalidParameterException");
  expect(await failure(put(["x"], { stream: "none" }))).toBe("ResourceNotFoundException");
});

test("events that are too old, expired or too new are told and left out", async () => {
  await logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 1 }));
  const now = clock.now();
  const send = (timestamps: number[]) =>
    logs.send(
      new PutLogEventsCommand({
        logGroupName,
        logStreamName,
        logEvents: timestamps.map((timestamp) => ({ timestamp, message: String(timestamp) })),
      }),
    );
  const old = await send([now - 15 * dayMs, now - 15 * dayMs + 1]);
  expect(old.rejectedLogEventsInfo).toEqual({ tooOldLogEventEndIndex: 2, expiredLogEventEndIndex: 2 });
  const mixed = await send(
    [now - dayMs, now, now + 2 * 3_600_000 + 1].map((time, index) => time - (index === 0 ? 1 : 0)).slice(1),
  );
  expect(mixed.rejectedLogEventsInfo).toEqual({ tooNewLogEventStartIndex: 1 });
  expect(messagesOf(await get())).toEqual([String(now)]);
  clock.advance(dayMs + 1);
  expect(messagesOf(await get())).toEqual([]);
});

test("filtering merges streams by time, by terms, and pages through them", async () => {
  await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName: "w_i-2" }));
  const at = clock.now();
  await put(["begin Make-1", "ERROR one", "end Make-1"], { at });
  await put(["begin Make-2", "ERROR two fatal", "end Make-2"], { at, stream: "w_i-2" });
  expect(messagesOf(await filter({}))).toEqual([
    "begin Make-1",
    "begin Make-2",
    "ERROR one",
    "ERROR two fatal",
    "end Make-1",
    "end Make-2",
  ]);
  expect(messagesOf(await filter({ filterPattern: "ERROR -fatal" }))).toEqual(["ERROR one"]);
  expect(messagesOf(await filter({ filterPattern: "?one ?two" }))).toEqual(["ERROR one", "ERROR two fatal"]);
  expect(messagesOf(await filter({ filterPattern: '"end Make"' }))).toEqual(["end Make-1", "end Make-2"]);
  expect(messagesOf(await filter({ filterPattern: "%begin.*[12]$%", logStreamNamePrefix: "w_i-2" }))).toEqual([
    "begin Make-2",
  ]);
  expect(await failure(filter({ filterPattern: "{ $.a = 1 }" }))).toBe("InvalidParameterException");
  const seen: (string | undefined)[] = [];
  let nextToken: string | undefined;
  do {
    const page = await filter({ limit: 4, ...(nextToken !== undefined && { nextToken }) });
    seen.push(...messagesOf(page));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  expect(seen).toHaveLength(6);
});

test("streams are listed by name or by their last event, groups by prefix, and both go with their group", async () => {
  for (const [index, stream] of ["b", "a", "c"].entries()) {
    await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName: stream }));
    await put(["x"], { stream, at: clock.now() + index });
  }
  const byTime = await logs.send(
    new DescribeLogStreamsCommand({ logGroupName, orderBy: "LastEventTime", descending: true, limit: 2 }),
  );
  expect(byTime.logStreams?.map((stream) => stream.logStreamName)).toEqual(["c", "a"]);
  const rest = await logs.send(
    new DescribeLogStreamsCommand({
      logGroupName,
      orderBy: "LastEventTime",
      descending: true,
      nextToken: byTime.nextToken,
    }),
  );
  expect(rest.logStreams?.map((stream) => stream.logStreamName)).toEqual(["b", "w_i-1"]);
  expect(byTime.logStreams?.[0]).toMatchObject({ lastEventTimestamp: clock.now() + 2 });
  const { logGroups } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: "/muster" }));
  expect(logGroups?.map((group) => group.logGroupName)).toEqual([logGroupName]);
  expect(await failure(logs.send(new CreateLogGroupCommand({ logGroupName })))).toBe("ResourceAlreadyExistsException");
  await logs.send(new DeleteLogGroupCommand({ logGroupName }));
  expect(await failure(get())).toBe("ResourceNotFoundException");
});
