import { parseLogMarker, workerLogStream } from "@muster/pipeline";
import type { Stage } from "../stages/stage.ts";
import { recordedLastLines, recordedLog } from "./attempt-record.ts";
import { closedPiece, pieceJoiner } from "./join-pieces.ts";
import { type LogLine, logReader } from "./log-reader.ts";
import { mergeByTime } from "./merge-by-time.ts";
import { type TaskPart, taskLines } from "./task-lines.ts";

/** An attempt of which the log is wanted. */
export interface AttemptToRead {
  readonly build: string;
  readonly task: string;
  readonly activity: string;
  /** From 1, as the build's history counts them. */
  readonly number: number;
  readonly instance: string;
  readonly startedAt: Date;
  readonly endedAt: Date | undefined;
}

/** A line of an attempt. Those of its record have no times: then `timestamp` is when the attempt began, and orders them alone. */
export interface AttemptLine extends LogLine {
  readonly attempt: AttemptToRead;
  readonly isTimed: boolean;
}

/** Where an attempt's lines came from; `none` until one was found. */
export type LogSource = "stream" | "record" | "last lines" | "none";

export interface AttemptState {
  readonly attempt: AttemptToRead;
  readonly source: LogSource;
  /** When it printed last, in milliseconds since 1970; undefined where it has not, or the time is not known. */
  readonly lastMs: number | undefined;
  /** Why nothing, or not all, of its log is there. */
  readonly problem: string | undefined;
}

/** Reads the logs of attempts, each worker's stream once; from their records where streams have expired. */
export interface AttemptLogs {
  /** The lines that have come since the last look, by time. @param attempts all that are wanted, as they are now */
  read(attempts: readonly AttemptToRead[]): Promise<AttemptLine[]>;
  /** Of the attempts of the last look. */
  states(): AttemptState[];
}

type Source = Pick<Stage, "logs" | "s3" | "description">;

/** GetLogEvents takes 25 calls a second of an account. */
const AT_ONCE = 2;

/** @param since in milliseconds since 1970: of older lines none is shown */
export function attemptLogs(stage: Source, { since }: { since: number | undefined }): AttemptLogs {
  const workers = new Map<string, WorkerLog>();
  const states = new Map<string, AttemptState>();
  let wanted: readonly AttemptToRead[] = [];

  const readWorker = async (attempts: readonly AttemptToRead[]): Promise<AttemptLine[]> => {
    const [{ instance, activity }] = attempts as [AttemptToRead];
    const worker = workers.get(instance) ?? workerLog(stage, { instance, activity, attempts, since });
    workers.set(instance, worker);
    // Whether it has ended was known before its lines are read: none that was written before is missed.
    if (worker.readToEnd === attempts.length) return [];
    const lines = await worker.read(attempts);
    for (const line of lines) heard(line);
    if (attempts.some(({ endedAt }) => endedAt === undefined)) return lines;
    worker.readToEnd = attempts.length;
    const unheard = attempts.filter((attempt) => (states.get(keyOf(attempt))?.source ?? "none") === "none");
    return [...lines, ...(await Promise.all(unheard.map(readRecord))).flat()];
  };
  const heard = ({ attempt, timestamp, message }: AttemptLine) => {
    const lastMs = parseLogMarker(message) !== undefined ? states.get(keyOf(attempt))?.lastMs : timestamp;
    states.set(keyOf(attempt), { attempt, source: "stream", lastMs, problem: undefined });
  };
  const readRecord = async (attempt: AttemptToRead): Promise<AttemptLine[]> => {
    if (since !== undefined && (attempt.endedAt?.getTime() ?? since) < since) return [];
    const { lines, source, problem } = await recordOf(stage, attempt);
    states.set(keyOf(attempt), { attempt, source, lastMs: undefined, problem });
    const timestamp = attempt.startedAt.getTime();
    return lines.map((message) => ({ timestamp, message, attempt, isTimed: false }));
  };

  return {
    async read(attempts) {
      wanted = attempts;
      const byInstance = [...Map.groupBy(attempts, ({ instance }) => instance).values()];
      const streams: AttemptLine[][] = [];
      for (let at = 0; at < byInstance.length; at += AT_ONCE)
        streams.push(...(await Promise.all(byInstance.slice(at, at + AT_ONCE).map(readWorker))));
      return mergeByTime(streams);
    },
    states: () =>
      wanted.map((attempt) => {
        const known = states.get(keyOf(attempt));
        return known === undefined
          ? { attempt, source: "none", lastMs: undefined, problem: undefined }
          : { ...known, attempt };
      }),
  };
}

/** Of an attempt's log. */
export const NOTHING_LEFT = "its stream has expired or holds nothing of it, and it has no record";

const keyOf = ({ build, task, number }: AttemptToRead): string => `${build} ${task} ${number}`;

interface WorkerLog {
  /** How many attempts it had when all of it was read. */
  readToEnd: number;
  read(attempts: readonly AttemptToRead[]): Promise<AttemptLine[]>;
}

interface WorkerToRead {
  readonly instance: string;
  readonly activity: string;
  readonly attempts: readonly AttemptToRead[];
  readonly since: number | undefined;
}

function workerLog(stage: Source, { instance, activity, attempts, since }: WorkerToRead): WorkerLog {
  const stream = {
    logGroupName: stage.description.logGroups[activity] ?? "",
    logStreamName: workerLogStream(instance),
  };
  const read = logReader(stage, stream, { startTime: since });
  const join = pieceJoiner<AttemptLine>();
  const ownerOf = taskLines(attempts.find((attempt) => since !== undefined && wasAtWork(attempt, since)));
  const numbers = attemptNumbers();
  return {
    readToEnd: 0,
    async read(wanted) {
      const lines = (await read()).flatMap((line): AttemptLine[] => {
        const part = ownerOf(line.message);
        const attempt = part && numbers(part, wanted);
        return attempt === undefined ? [] : [{ ...line, attempt, isTimed: true }];
      });
      return join(lines).map((line) =>
        line.attempt.endedAt === undefined ? line : { ...line, message: closedPiece(line.message) },
      );
    },
  };
}

const wasAtWork = ({ startedAt, endedAt }: AttemptToRead, atMs: number): boolean =>
  startedAt.getTime() <= atMs && (endedAt === undefined || endedAt.getTime() > atMs);

/** The attempts of a task on one worker come in their order. */
function attemptNumbers(): (part: TaskPart, wanted: readonly AttemptToRead[]) => AttemptToRead | undefined {
  const seen = new Map<string, string[]>();
  return ({ build, task, attempt }, wanted) => {
    const key = `${build} ${task}`;
    const times = seen.get(key) ?? [];
    seen.set(key, times);
    if (attempt !== undefined && !times.includes(attempt)) times.push(attempt);
    const own = wanted.filter((each) => each.task === task && each.build === build);
    // The stream may have been read from the middle of the first on.
    const index = attempt === undefined ? 0 : times.indexOf(attempt);
    return own[Math.min(index, own.length - 1)];
  };
}

const IS_INSTANCE = /^i-[0-9a-f]+$/;

async function recordOf(
  stage: Source,
  attempt: AttemptToRead,
): Promise<{ lines: string[]; source: LogSource; problem: string | undefined }> {
  if (!IS_INSTANCE.test(attempt.instance)) {
    const problem = "a test worker had it, whose log is a file of its machine: in test-workers/ of the state folder";
    return { lines: [], source: "none", problem };
  }
  try {
    const log = await recordedLog(stage, attempt);
    if (log !== undefined && log.length > 0) return { lines: log, source: "record", problem: undefined };
    const last = (await recordedLastLines(stage, attempt)) ?? [];
    if (last.length > 0) return { lines: last, source: "last lines", problem: "only its last lines are left" };
    return { lines: [], source: "none", problem: NOTHING_LEFT };
  } catch (error) {
    const why = whyUnreadable(error);
    return {
      lines: [],
      source: "none",
      problem: `its stream has expired or holds nothing of it, and its record cannot be read: ${why}`,
    };
  }
}

/** What AWS says of it, in a line. */
export function whyUnreadable(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const message = error.message.replaceAll(/\s+/g, " ").trim();
  return error.name === "Error" ? message : `${error.name}: ${message}`;
}
