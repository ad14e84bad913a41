import {
  type CloudWatchLogsClient,
  GetLogEventsCommand,
  ResourceNotFoundException,
} from "@aws-sdk/client-cloudwatch-logs";
import { shownText } from "@muster/history";
import { parseLogMarker, workerLogStream } from "@muster/pipeline";
import type { Stage } from "../stages/stage.ts";
import { recordedLastLines } from "./attempt-record.ts";
import { closedPiece, pieceJoiner } from "./join-pieces.ts";
import type { LogStream } from "./log-reader.ts";
import type { TaskOfBuild } from "./task-lines.ts";

/** One worker's try at a task. */
export interface AttemptOfTask extends TaskOfBuild {
  readonly activity: string;
  readonly instance: string;
}

/** How many events are read at once, from the newest on: a task's last words are near its stream's end, before those of what ran after it. */
const PAGES = [200, 2000, 10_000, 10_000];

/** The last lines of an attempt's script, oldest first and as they may be shown; from its record where the stream is gone. undefined where neither is there. */
export async function lastLines(
  { logs, s3, description }: Pick<Stage, "logs" | "s3" | "description">,
  attempt: AttemptOfTask,
  most: number,
): Promise<readonly string[] | undefined> {
  const logGroupName = description.logGroups[attempt.activity] ?? "";
  const stream = { logGroupName, logStreamName: workerLogStream(attempt.instance) };
  const messages = await newestLines(await logs(), stream, (read) => pickLast(read, attempt).isWhole);
  const picked = pickLast(messages, attempt).lines;
  const lines = picked.length > 0 ? picked : await recordedLastLines({ s3, description }, attempt);
  // A record's begin and end with markers, which say what is known already.
  const own = lines?.filter((line) => parseLogMarker(line) === undefined);
  return (
    own &&
    joined(own)
      .slice(-most)
      .map((line) => shownText(line, { colours: false }))
  );
}

function joined(messages: readonly string[]): string[] {
  const lines = pieceJoiner()(messages.map((message) => ({ timestamp: 0, message })));
  return lines.map(({ message }) => closedPiece(message));
}

/** Reads backwards until that is enough; nothing of a stream that is not there. */
async function newestLines(
  logs: CloudWatchLogsClient,
  stream: LogStream,
  isEnough: (messages: readonly string[]) => boolean,
): Promise<readonly string[]> {
  let messages: string[] = [];
  let nextToken: string | undefined;
  for (const limit of PAGES) {
    const page = await logs
      .send(new GetLogEventsCommand({ ...stream, startFromHead: false, limit, nextToken }))
      .catch((error: unknown) => {
        if (error instanceof ResourceNotFoundException) return undefined;
        throw error;
      });
    const older = (page?.events ?? []).map(({ message = "" }) => message);
    messages = [...older, ...messages];
    if (page === undefined || older.length === 0 || isEnough(messages)) break;
    if (page.nextBackwardToken === nextToken) break;
    nextToken = page.nextBackwardToken;
  }
  return messages;
}

/** How the details of a marker begin that is not the task's script's own. */
export const AFTER_TASK = "after-task script";

/**
 * A task's last lines in the end of its worker's stream: what is between its own markers, not what its after-task script or other tasks print.
 * @returns `isWhole`: the task's beginning, or enough of its end, is there
 */
export function pickLast(
  messages: readonly string[],
  { task, build }: TaskOfBuild,
  enough = 20,
): { lines: readonly string[]; isWhole: boolean } {
  // The stream may have been read from the middle of the task on.
  let lines: string[] = [];
  let isInside = true;
  let isWhole = false;
  for (const message of messages) {
    const marker = parseLogMarker(message);
    if (marker === undefined) {
      if (isInside) lines.push(message);
      continue;
    }
    const isScript = marker.task === task && marker.build === build && !marker.details?.startsWith(AFTER_TASK);
    if (isScript && marker.kind === "end") isWhole ||= isInside && lines.length >= enough;
    else if (isScript || (isInside && !isWhole)) {
      lines = [];
      isWhole = isScript;
    }
    isInside = isScript && marker.kind === "start";
  }
  return { lines, isWhole };
}
