import {
  CreateLogStreamCommand,
  PutLogEventsCommand,
  ResourceAlreadyExistsException,
  ResourceNotFoundException,
} from "@aws-sdk/client-cloudwatch-logs";
import type { AwsClients } from "./aws-clients.ts";
import type { Diagnostics } from "./diagnostics.ts";
import type { LogEvent, LogSink } from "./log-sink.ts";

export interface CloudWatchOptions {
  readonly clients: Pick<AwsClients, "logs">;
  readonly logGroupName: string;
  readonly logStreamName: string;
  readonly diagnostics: Diagnostics;
}

/** The worker's log stream, created when it is first needed. */
export function cloudWatchSink({ clients, diagnostics, ...stream }: CloudWatchOptions): LogSink {
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
      if (rejectedLogEventsInfo) diagnostics.error("CloudWatch rejected log events", { ...rejectedLogEventsInfo });
    } catch (error) {
      if (error instanceof ResourceNotFoundException) created = false;
      throw error;
    }
  };
}
