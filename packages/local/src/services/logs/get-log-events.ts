import { AwsError } from "../../aws-error.ts";
import type { Clock } from "../../clock.ts";
import { expiredBefore } from "./expired-before.ts";
import type { LogGroups } from "./log-groups.ts";
import type { LogStreamFile, Position, PositionedEvent } from "./log-stream-file.ts";

export interface GetLogEventsInput {
  readonly logGroupName?: string;
  readonly logGroupIdentifier?: string;
  readonly logStreamName: string;
  readonly startTime?: number;
  readonly endTime?: number;
  readonly startFromHead?: boolean;
  readonly limit?: number;
  readonly nextToken?: string;
}

const MOST_EVENTS = 10_000;
const LARGEST_PAGE = 1_048_576;

/**
 * One page of a stream. Without a token it is the newest page, unless `startFromHead`. At an end of the stream the token that was
 * passed comes back: that is how a reader knows.
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html
 */
export function getLogEvents(groups: LogGroups, clock: Clock) {
  return (input: GetLogEventsInput) => {
    const group = groups.group(groupNameOf(input));
    const file = groups.file(groups.stream(group.name, input.logStreamName));
    const { startTime = 0, endTime = Number.POSITIVE_INFINITY, limit = MOST_EVENTS } = input;
    const first = file.indexOfTime(Math.max(startTime, expiredBefore(group, clock)));
    const end = file.indexOfTime(endTime);
    const token = input.nextToken === undefined ? undefined : parseToken(input.nextToken);

    const forward = token === undefined ? input.startFromHead === true : token.direction === "f";
    const from = token === undefined ? (forward ? first : end) : file.indexAfter(token.position);
    const [start, stop] = forward
      ? [Math.max(first, from), Math.min(end, Math.max(first, from) + limit)]
      : [Math.max(first, Math.min(end, from) - limit), Math.min(end, from)];
    const events = fitPage(file.read(start, Math.max(start, stop)), forward);

    const here =
      token?.position ?? (forward ? positionBefore(file, start) : positionBefore(file, Math.max(start, stop)));
    const [oldest, newest] = [events[0], events.at(-1)];
    return {
      events: events.map(({ timestamp, message, ingestionTime }) => ({ timestamp, message, ingestionTime })),
      nextForwardToken: formatToken("f", newest ?? here),
      nextBackwardToken: formatToken("b", oldest === undefined ? here : { ...oldest, sequence: oldest.sequence - 0.5 }),
    };
  };
}

/** The newer SDKs may name a group by its ARN. */
export function groupNameOf({
  logGroupName,
  logGroupIdentifier,
}: {
  logGroupName?: string;
  logGroupIdentifier?: string;
}): string {
  if (logGroupName !== undefined) return logGroupName;
  return logGroupIdentifier?.replace(/^arn:[^/]*?:log-group:/, "").replace(/:\*$/, "") ?? "";
}

function fitPage(events: readonly PositionedEvent[], forward: boolean): readonly PositionedEvent[] {
  let bytes = 0;
  const ordered = forward ? events : events.toReversed();
  const over = ordered.findIndex(({ message }) => {
    bytes += Buffer.byteLength(message);
    return bytes > LARGEST_PAGE;
  });
  const page = over < 0 ? ordered : ordered.slice(0, Math.max(1, over));
  return forward ? page : page.toReversed();
}

function positionBefore(file: LogStreamFile, index: number): Position {
  const [previous] = index > 0 ? file.read(index - 1, index) : [];
  return previous ?? { timestamp: -1, sequence: -1 };
}

/** A half number lies between two events: just before the one it was made from. */
function formatToken(direction: "f" | "b", { timestamp, sequence }: Position): string {
  return `${direction}/${timestamp}/${sequence}`;
}

function parseToken(token: string): { direction: "f" | "b"; position: Position } {
  const [, direction, timestamp, sequence] = /^([fb])\/(-?\d+)\/(-?[\d.]+)$/.exec(token) ?? [];
  if (direction === undefined) throw invalid("The specified nextToken is invalid.");
  return {
    direction: direction === "f" ? "f" : "b",
    position: { timestamp: Number(timestamp), sequence: Number(sequence) },
  };
}

function invalid(message: string): AwsError {
  return new AwsError("InvalidParameterException", message);
}
