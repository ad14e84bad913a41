import { AwsError } from "../../aws-error.ts";
import type { Clock } from "../../clock.ts";
import type { LogGroup, LogGroups } from "./log-groups.ts";

interface InputEvent {
  readonly timestamp: number;
  readonly message: string;
}

export interface PutLogEventsInput {
  readonly logGroupName: string;
  readonly logStreamName: string;
  readonly logEvents: readonly InputEvent[];
}

interface RejectedLogEventsInfo {
  readonly tooOldLogEventEndIndex?: number;
  readonly expiredLogEventEndIndex?: number;
  readonly tooNewLogEventStartIndex?: number;
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
const MOST_EVENTS = 10_000;
const LARGEST_BATCH = 1_048_576;
const EVENT_OVERHEAD = 26;
const DAY_MS = 86_400_000;
const OLDEST_MS = 14 * DAY_MS;
const NEWEST_MS = 2 * 3_600_000;

/** Takes a batch in; events that are too old or too new are left out and told, the others are kept. */
export function putLogEvents(groups: LogGroups, clock: Clock) {
  return ({ logGroupName, logStreamName, logEvents }: PutLogEventsInput) => {
    const group = groups.group(logGroupName);
    const stream = groups.stream(logGroupName, logStreamName);
    checkBatch(logEvents);
    const nowMs = clock.now();
    const { accepted, rejected } = sortOut(logEvents, group, nowMs);
    if (accepted.length > 0) {
      groups
        .file(stream)
        .append(accepted.map(({ timestamp, message }) => ({ timestamp, message, ingestionTime: nowMs })));
    }
    return { nextSequenceToken: String(nowMs), ...(rejected !== undefined && { rejectedLogEventsInfo: rejected }) };
  };
}

function checkBatch(events: readonly InputEvent[]): void {
  if (events.length < 1 || events.length > MOST_EVENTS) {
    throw invalid(`logEvents must hold 1 to ${MOST_EVENTS} events`);
  }
  let bytes = 0;
  let previous = Number.NEGATIVE_INFINITY;
  for (const { timestamp, message } of events) {
    if (message === "" || !Number.isInteger(timestamp) || timestamp < 0) {
      throw invalid("Each log event needs a timestamp in epoch milliseconds and a message of at least one character");
    }
    if (timestamp < previous) {
      throw invalid("Log events in a single PutLogEvents request must be in chronological order.");
    }
    previous = timestamp;
    bytes += Buffer.byteLength(message) + EVENT_OVERHEAD;
  }
  if (bytes > LARGEST_BATCH) throw invalid(`Upload too large: ${bytes} bytes exceeds limit of ${LARGEST_BATCH}`);
  if (previous - (events[0] as InputEvent).timestamp > DAY_MS) {
    throw invalid("The batch of log events in a single PutLogEvents request cannot span more than 24 hours.");
  }
}

/** Events are in the order of time, so those refused are at its two ends. */
function sortOut(
  events: readonly InputEvent[],
  { retentionInDays = Number.POSITIVE_INFINITY }: LogGroup,
  nowMs: number,
): { accepted: readonly InputEvent[]; rejected?: RejectedLogEventsInfo } {
  const olderThan = (ageMs: number) => events.filter(({ timestamp }) => timestamp < nowMs - ageMs).length;
  const tooOld = olderThan(OLDEST_MS);
  const expired = olderThan(retentionInDays * DAY_MS);
  const inTime = events.filter(({ timestamp }) => timestamp <= nowMs + NEWEST_MS).length;
  const rejected = {
    ...(tooOld > 0 && { tooOldLogEventEndIndex: tooOld }),
    ...(expired > 0 && { expiredLogEventEndIndex: expired }),
    ...(inTime < events.length && { tooNewLogEventStartIndex: inTime }),
  };
  const accepted = events.slice(Math.max(tooOld, expired), inTime);
  return Object.keys(rejected).length === 0 ? { accepted } : { accepted, rejected };
}

function invalid(message: string): AwsError {
  return new AwsError("InvalidParameterException", message);
}
