import {
  CreateLogStreamCommand,
  PutLogEventsCommand,
  type RejectedLogEventsInfo,
  ResourceAlreadyExistsException,
  ResourceNotFoundException,
} from "@aws-sdk/client-cloudwatch-logs";
import type { AwsClients } from "../aws/aws-clients.ts";
import type { Clock } from "../clock.ts";
import type { Diagnostics } from "../diagnostics.ts";
import type { LogEvent, LogSink } from "./log-sink.ts";

export interface CloudWatchOptions {
  readonly clients: Pick<AwsClients, "logs">;
  readonly logGroupName: string;
  readonly logStreamName: string;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
}

/** The worker's log stream, created when it is first needed. */
export function cloudWatchSink({ clients, clock, diagnostics, ...stream }: CloudWatchOptions): LogSink {
  let created = false;
  const create = async () => {
    const logs = await clients.logs();
    try {
      await logs.send(new CreateLogStreamCommand(stream));
    } catch (error) {
      if (!(error instanceof ResourceAlreadyExistsException)) throw error;
    }
    created = true;
  };
  return async (events) => {
    if (!created) await create();
    const logs = await clients.logs();
    try {
      const { rejectedLogEventsInfo } = await logs.send(
        new PutLogEventsCommand({ ...stream, logEvents: events as LogEvent[] }),
      );
      if (rejectedLogEventsInfo === undefined) return [];
      diagnostics.warn("CloudWatch refused times of log events", { ...rejectedLogEventsInfo });
      // The SDK knows from answers by how much the machine's clock is wrong.
      const timestamp = clock.now() + logs.config.systemClockOffset;
      return refused(events, rejectedLogEventsInfo).map(({ message }) => ({ timestamp, message }));
    } catch (error) {
      if (error instanceof ResourceNotFoundException) created = false;
      throw error;
    }
  };
}

/**
 * Those whose time is too long ago or too far ahead, as it is after the machine's clock was wrong; the batch is in order of time.
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_RejectedLogEventsInfo.html
 */
function refused(events: readonly LogEvent[], info: RejectedLogEventsInfo): LogEvent[] {
  const oldEnd = Math.max(info.tooOldLogEventEndIndex ?? 0, info.expiredLogEventEndIndex ?? 0);
  const newStart = Math.max(info.tooNewLogEventStartIndex ?? events.length, oldEnd);
  return [...events.slice(0, oldEnd), ...events.slice(newStart)];
}
