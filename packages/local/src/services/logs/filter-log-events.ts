import { AwsError } from "../../aws-error.ts";
import type { Clock } from "../../clock.ts";
import { expiredBefore } from "./expired-before.ts";
import { parseFilterPattern } from "./filter-pattern.ts";
import { groupNameOf } from "./get-log-events.ts";
import type { LogGroups, LogStream } from "./log-groups.ts";
import type { PositionedEvent } from "./log-stream-file.ts";

export interface FilterLogEventsInput {
  readonly logGroupName?: string;
  readonly logGroupIdentifier?: string;
  readonly logStreamNames?: readonly string[];
  readonly logStreamNamePrefix?: string;
  readonly startTime?: number;
  readonly endTime?: number;
  readonly filterPattern?: string;
  readonly limit?: number;
  readonly nextToken?: string;
}

interface StreamEvent extends PositionedEvent {
  readonly stream: string;
}

const MOST_EVENTS = 10_000;
const LARGEST_PAGE = 1_048_576;
const READ_AHEAD = 1000;

/** Events of several streams in the order of time, one page. `endTime` is inclusive here, unlike in GetLogEvents. */
export function filterLogEvents(groups: LogGroups, clock: Clock) {
  return (input: FilterLogEventsInput) => {
    const group = groups.group(groupNameOf(input));
    const matches = parseFilterPattern(input.filterPattern);
    const { startTime = 0, endTime = Number.POSITIVE_INFINITY, limit = MOST_EVENTS } = input;
    const after = input.nextToken === undefined ? undefined : parseToken(input.nextToken);
    const from = Math.max(startTime, expiredBefore(group, clock), after?.timestamp ?? 0);
    const merged = mergeByTime(chooseStreams(groups, input).map((stream) => eventsOf(groups, stream, from)));

    const events: StreamEvent[] = [];
    let bytes = 0;
    let hasMore = false;
    for (const event of merged) {
      if (event.timestamp > endTime) break;
      if ((after !== undefined && compare(event, after) <= 0) || !matches(event.message)) continue;
      bytes += Buffer.byteLength(event.message);
      hasMore = events.length >= limit || (events.length > 0 && bytes > LARGEST_PAGE);
      if (hasMore) break;
      events.push(event);
    }
    const last = events.at(-1);
    return {
      events: events.map(({ stream, timestamp, message, ingestionTime, sequence }) => ({
        logStreamName: stream,
        timestamp,
        message,
        ingestionTime,
        eventId: `${timestamp}/${stream}/${sequence}`,
      })),
      searchedLogStreams: [],
      ...(hasMore && last !== undefined && { nextToken: formatToken(last) }),
    };
  };
}

function chooseStreams(groups: LogGroups, input: FilterLogEventsInput): LogStream[] {
  const group = groupNameOf(input);
  if (input.logStreamNames !== undefined && input.logStreamNamePrefix !== undefined) {
    throw new AwsError("InvalidParameterException", "logStreamNames and logStreamNamePrefix cannot be used together");
  }
  if (input.logStreamNames !== undefined) return input.logStreamNames.map((name) => groups.stream(group, name));
  return groups.streams(group).filter(({ name }) => name.startsWith(input.logStreamNamePrefix ?? ""));
}

function* eventsOf(groups: LogGroups, stream: LogStream, fromMs: number): Generator<StreamEvent> {
  const file = groups.file(stream);
  for (let start = file.indexOfTime(fromMs); start < file.count; start += READ_AHEAD) {
    for (const event of file.read(start, start + READ_AHEAD)) yield { ...event, stream: stream.name };
  }
}

/** Streams are few and pages small, so the smallest head is found by looking at all of them. */
function* mergeByTime(streams: readonly Generator<StreamEvent>[]): Generator<StreamEvent> {
  const heads = streams.map((events) => ({ events, head: events.next() }));
  for (;;) {
    let best: (typeof heads)[number] | undefined;
    for (const candidate of heads) {
      if (candidate.head.done) continue;
      if (best === undefined || best.head.done || compare(candidate.head.value, best.head.value) < 0) best = candidate;
    }
    if (best === undefined || best.head.done) return;
    yield best.head.value;
    best.head = best.events.next();
  }
}

type Place = Pick<StreamEvent, "timestamp" | "stream" | "sequence">;

function compare(a: Place, b: Place): number {
  if (a.timestamp !== b.timestamp) return a.timestamp - b.timestamp;
  if (a.stream !== b.stream) return a.stream < b.stream ? -1 : 1;
  return a.sequence - b.sequence;
}

function formatToken({ timestamp, stream, sequence }: Place): string {
  return Buffer.from(JSON.stringify([timestamp, stream, sequence])).toString("base64url");
}

function parseToken(token: string): Place {
  try {
    const [timestamp, stream, sequence] = JSON.parse(Buffer.from(token, "base64url").toString("utf8")) as [
      number,
      string,
      number,
    ];
    return { timestamp, stream, sequence };
  } catch {
    throw new AwsError("InvalidParameterException", "The specified nextToken is invalid.");
  }
}
