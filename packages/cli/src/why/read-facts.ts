import { GetLogEventsCommand, ResourceNotFoundException } from "@aws-sdk/client-cloudwatch-logs";
import { isFinished, type Step } from "@muster/history";
import { describeWorkers, type Worker } from "@muster/lambdas";
import { LaunchRecord, Lease, workerLogStream } from "@muster/pipeline";
import { type StateRecords, stateKey, stateRecords } from "@muster/records";
import { explainError } from "../explain-error.ts";
import { lastLines } from "../logs/last-lines.ts";
import { nextCommand } from "../next-command.ts";
import type { Stage } from "../stages/stage.ts";
import type { TaskFacts } from "./facts.ts";
import type { FoundTask } from "./find-why.ts";

export interface ReadFacts {
  readonly facts: TaskFacts;
  /** Of the last attempt's log, for what did not go well or goes on. */
  readonly lastLines: readonly string[];
  /** What could not be read, a line each. */
  readonly unread: readonly string[];
}

/** Reads what the history does not tell of a task: launches, machines, lease, log; each as far as its state has to do with it. */
export async function readFacts(
  stage: Stage,
  found: FoundTask,
  { now, globals }: { now: Date; globals: Parameters<typeof nextCommand>[0] },
): Promise<ReadFacts> {
  const { step, build, summary, task, name, place } = found;
  const unread: string[] = [];
  const orUnread = async <T>(what: string, reading: Promise<T>): Promise<T | null> =>
    reading.catch((error: unknown) => {
      unread.push(`${what} could not be read: ${explainError(error).message}`);
      return null;
    });
  const isActivity = step?.kind === "activity";
  const records = stateRecords(await stage.s3(), stage.description.buckets.state);
  const [launches, workers, lease, lines, lastLineAt] = await Promise.all([
    isActivity ? orUnread("what EC2 was asked for", readLaunches(records, step, now)) : null,
    isActivity && asksForMachines(step, now) ? orUnread("the workers", readWorkers(stage, name)) : null,
    isActivity && isExclusive(stage, name) && step.state === "running"
      ? orUnread("the step's lease", readLease(records, name))
      : null,
    step !== undefined ? orUnread("the log", readLines(stage, step, summary.name)) : null,
    isActivity && step.state === "running" ? orUnread("the time of the log", readLastTime(stage, step)) : null,
  ]);
  return {
    facts: {
      task,
      name,
      place,
      pipeline: stage.pipeline,
      build,
      step,
      moving: stage.movedBy !== "nobody",
      now,
      approveCommand: nextCommand(globals, ["approve", summary.name, task]),
      launches,
      workers,
      lease: lease ?? null,
      lastLineAt,
    },
    lastLines: lines ?? [],
    unread,
  };
}

/** A step asks for its worker just before it publishes its task. */
const ASKED_BEFORE_MS = 60_000;
/** Of a task that waits in vain for a day: the first requests say since when, the last ones what is the matter. */
const FIRST_LAUNCHES = 20;
const LAST_LAUNCHES = 80;

async function readLaunches(records: StateRecords, step: Step, now: Date): Promise<LaunchRecord[]> {
  const prefix = stateKey.launches(step.name);
  const last = step.attempts.at(-1);
  const until = last?.startedAt ?? last?.endedAt ?? step.endedAt ?? now;
  const after = new Date(+step.enteredAt - ASKED_BEFORE_MS).toISOString();
  const all = await records.list(prefix, { startAfter: `${prefix}${after}` });
  const keys = all.filter((key) => key <= `${prefix}${until.toISOString()}~`);
  const few = [...keys.slice(0, FIRST_LAUNCHES), ...keys.slice(FIRST_LAUNCHES).slice(-LAST_LAUNCHES)];
  const read = await Promise.all(few.map((key) => records.read(key, LaunchRecord)));
  return read.flatMap((record) => record?.value ?? []);
}

/** EC2 shows a machine for about an hour after its end. */
const SHOWN_AFTER_END_MS = 3_900_000;

/** Machines tell of what waits and runs, and why those of late attempts ended. */
function asksForMachines(step: Step, now: Date): boolean {
  if (!isFinished(step)) return true;
  return step.attempts.some(({ error, endedAt }) => error !== undefined && +now - +(endedAt ?? 0) < SHOWN_AFTER_END_MS);
}

async function readWorkers({ ec2, description }: Stage, name: string): Promise<Worker[]> {
  return (await describeWorkers(await ec2(), description)).filter(({ activity }) => activity === name);
}

const isExclusive = ({ pipeline }: Stage, name: string): boolean =>
  pipeline.activities.some((activity) => activity.name === name && activity.exclusive === true);

/** Looked for first: who may not list all of the bucket is not told that something is not there. */
async function readLease(records: StateRecords, name: string): Promise<Lease | null> {
  const key = stateKey.exclusiveLease(name);
  const isThere = (await records.list(key)).includes(key);
  return isThere ? ((await records.read(key, Lease))?.value ?? null) : null;
}

/** Of what went well nobody asks for the last words. */
const MOST_LINES = 10;

async function readLines(stage: Stage, step: Step, build: string): Promise<readonly string[]> {
  const attempt = step.attempts.at(-1);
  const took = step.attempts.findLast(({ instance }) => instance !== undefined);
  const { instance } = took ?? {};
  if (instance === undefined || step.state === "succeeded" || step.state === "waiting") return [];
  if (took !== attempt && step.state === "running") return [];
  return (await lastLines(stage, { task: step.key, build, activity: step.name, instance }, MOST_LINES)) ?? [];
}

/** When a worker that is at a task last said something: what has printed nothing at all is silent from its beginning on. */
async function readLastTime({ logs, description }: Stage, step: Step): Promise<Date | null> {
  const { instance, startedAt } = step.attempts.at(-1) ?? {};
  if (instance === undefined || startedAt === undefined) return null;
  const client = await logs();
  const page = await client
    .send(
      new GetLogEventsCommand({
        logGroupName: description.logGroups[step.name],
        logStreamName: workerLogStream(instance),
        startFromHead: false,
        limit: 1,
      }),
    )
    .catch((error: unknown) => {
      // The worker has not said anything yet.
      if (error instanceof ResourceNotFoundException) return { events: [] };
      throw error;
    });
  return new Date(Math.max(+startedAt, page.events?.at(-1)?.timestamp ?? 0));
}
