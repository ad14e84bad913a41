import { GetLogEventsCommand, ResourceNotFoundException } from "@aws-sdk/client-cloudwatch-logs";
import type { Stage } from "../stages/stage.ts";

export interface LogStream {
  readonly logGroupName: string;
  readonly logStreamName: string;
}

export interface LogLine {
  /** When it was written, in milliseconds since 1970. */
  readonly timestamp: number;
  readonly message: string;
}

/**
 * Reads a stream from its head; each call answers the lines that have come since the last one.
 * @param startTime milliseconds since 1970: older lines are not read
 */
export function logReader(
  { logs }: Pick<Stage, "logs">,
  stream: LogStream,
  { startTime }: { startTime?: number | undefined } = {},
): () => Promise<LogLine[]> {
  let nextToken: string | undefined;
  return async () => {
    const lines: LogLine[] = [];
    const client = await logs();
    for (;;) {
      const page = await client
        .send(new GetLogEventsCommand({ ...stream, startFromHead: true, startTime, nextToken }))
        .catch((error: unknown) => {
          // The worker has not said anything yet, or it has expired.
          if (error instanceof ResourceNotFoundException) return undefined;
          throw error;
        });
      if (page === undefined) return lines;
      lines.push(...(page.events ?? []).map(({ timestamp = 0, message = "" }) => ({ timestamp, message })));
      // At the end AWS answers the token that it was given.
      if (page.nextForwardToken === nextToken) return lines;
      nextToken = page.nextForwardToken;
    }
  };
}
