import type { HistoryEvent } from "@aws-sdk/client-sfn";
import { type Attempt, historyReader, parseJson, type Step } from "@muster/history";
import { nearestWord, TaskInput } from "@muster/pipeline";
import { counted } from "../counted.ts";
import { findBuild, listBuilds, nothingBuilt } from "../history/find-build.ts";
import { loadOn } from "../history/load-build.ts";
import type { Stage } from "../stages/stage.ts";
import { UnreadableBuildError } from "../unreadable-build-error.ts";
import { UsageError } from "../usage-error.ts";
import {
  type AttemptRecord,
  instanceOfRecord,
  listAttemptRecords,
  type RecordedEnd,
  readAttemptRecord,
} from "./attempt-record.ts";

/** How many builds back a task is looked for. */
const BUILDS = 20;

/** An attempt of a task, and what is kept of it. */
export interface FoundAttempt {
  /** The build's name. */
  readonly build: string;
  readonly task: string;
  /** From 1, as the build's history counts them; as records count them where the history is gone. */
  readonly number: number;
  readonly attempts: number;
  readonly end: RecordedEnd;
  readonly record: AttemptRecord;
  /** As it was published; undefined where the history is gone. */
  readonly input: TaskInput | undefined;
}

export interface AskedAttempt {
  readonly task: string;
  readonly build: string | undefined;
  readonly attempt: number | undefined;
}

type Source = Pick<Stage, "sfn" | "s3" | "description" | "damagedBuilds">;

/**
 * The last attempt of a task that failed, in the latest build in which one has; where none has, the last one. Or the one that is named.
 * @throws UsageError where there is none, it has not ended, or nothing is kept of it
 */
export async function findAttempt(stage: Source, asked: AskedAttempt): Promise<FoundAttempt> {
  const { task, build } = asked;
  const names = build === undefined ? (await listBuilds(stage, { max: BUILDS })).map(({ name }) => name) : [build];
  if (names.length === 0) throw nothingBuilt(stage);
  const seen = new Set<string>();
  let unfailed: TaskOfBuild | undefined;
  let untaken: TaskOfBuild | undefined;
  let unreadable: UnreadableBuildError | undefined;
  for (const name of names) {
    const looked = await lookIntoBuild(stage, name, asked).catch((error: unknown) => {
      if (!(error instanceof UnreadableBuildError) || build !== undefined) throw error;
      // The others may have had it.
      unreadable ??= error;
      return { found: undefined, tasks: [] };
    });
    for (const each of looked.tasks) seen.add(each);
    if ("record" in looked) return looked.record;
    const { found } = looked;
    if (found === undefined) continue;
    const isMeant = build !== undefined || asked.attempt !== undefined || found.step.attempts.some(hasFailed);
    if (isMeant) return attemptOf(stage, found, asked);
    untaken ??= found;
    if (found.step.attempts.some(wasTaken)) unfailed ??= found;
  }
  if (unfailed !== undefined) return attemptOf(stage, unfailed, asked);
  if (unreadable !== undefined) throw unreadable;
  if (untaken !== undefined) throw notRun(task);
  throw unknownTask(task, {
    seen: [...seen],
    where: build ?? (names.length === 1 ? "build" : counted(names.length, "build")),
    isOne: build !== undefined,
  });
}

interface TaskOfBuild {
  readonly build: string;
  /** Of the build: what it has cut off has no end of its own. */
  readonly hasEnded: boolean;
  readonly step: Step;
  /** Of its attempts, as they were published. */
  readonly inputs: ReadonlyMap<number, TaskInput>;
}

type Looked = { readonly tasks: readonly string[] } & (
  | { readonly found: TaskOfBuild | undefined }
  | { readonly record: FoundAttempt }
);

/** Step Functions forgets an execution 90 days after its end; what the state bucket keeps of it may be older. */
async function lookIntoBuild(stage: Source, name: string, asked: AskedAttempt): Promise<Looked> {
  try {
    const { name: build, executionArn } = await findBuild(stage, name);
    const events: HistoryEvent[] = [];
    const history = historyReader();
    await loadOn(stage, executionArn, history, { onEvents: (read) => events.push(...read) });
    const steps = history.build.steps.filter(({ kind }) => kind === "activity");
    const step = steps.find(({ key }) => key === asked.task);
    const tasks = steps.map(({ key }) => key);
    if (step === undefined) return { tasks, found: undefined };
    const inputs = new Map(
      events.flatMap(({ activityScheduledEventDetails, timestamp }): [number, TaskInput][] => {
        const { input } = activityScheduledEventDetails ?? {};
        if (input === undefined || !input.includes(asked.task)) return [];
        const read = TaskInput.safeParse(parseJson(input));
        return read.success && read.data.name === asked.task ? [[(timestamp as Date).getTime(), read.data]] : [];
      }),
    );
    const hasEnded = history.build.state !== "running";
    return { tasks, found: { build, hasEnded, step, inputs } };
  } catch (error) {
    const isGone = error instanceof UsageError || error instanceof UnreadableBuildError;
    if (asked.build === undefined || !isGone) throw error;
    const keys = await listAttemptRecords(stage, { build: name, task: asked.task });
    if (keys.length === 0) throw error;
    return { tasks: [], record: await recordOfOldBuild(stage, keys, asked) };
  }
}

async function recordOfOldBuild(stage: Source, keys: readonly string[], asked: AskedAttempt): Promise<FoundAttempt> {
  const records = await Promise.all(keys.map((key) => readAttemptRecord(stage, key)));
  const lastFailed = records.findLastIndex(({ end }) => end.error !== undefined);
  const number = asked.attempt ?? (lastFailed === -1 ? records.length : lastFailed + 1);
  const record = records[number - 1];
  if (record === undefined) throw noSuchAttempt(asked.task, number, records.length);
  const build = record.execution.slice(record.execution.lastIndexOf(":") + 1);
  const { task, end } = record;
  return { build, task, number, attempts: records.length, end, record, input: undefined };
}

const wasTaken = ({ instance }: Attempt): boolean => instance !== undefined;
const hasFailed = (attempt: Attempt): boolean => wasTaken(attempt) && attempt.error !== undefined;

/** @throws UsageError where the attempt is none, or none that can be done again */
async function attemptOf(stage: Source, found: TaskOfBuild, asked: AskedAttempt): Promise<FoundAttempt> {
  const { build, hasEnded, step, inputs } = found;
  const keys = await listAttemptRecords(stage, { build, task: step.key });
  const number = asked.attempt ?? numberOf(step, keys);
  const attempt = attemptAt(step, { build, hasEnded, number });
  const { instance, startedAt = attempt.scheduledAt, error, cause } = attempt;
  const records = await Promise.all(
    keys.filter((key) => instanceOfRecord(key) === instance).map((key) => readAttemptRecord(stage, key)),
  );
  const distance = (record: AttemptRecord) => Math.abs(record.startedAt.getTime() - startedAt.getTime());
  const [record] = records.sort((one, other) => distance(one) - distance(other));
  if (record === undefined) {
    throw new UsageError(`attempt ${number} of ${step.key} on ${instance} left no record, or it has expired`, {
      hint: `muster task ${step.key} runs its script as it is now`,
    });
  }
  return {
    build,
    task: step.key,
    number,
    attempts: step.attempts.length,
    end:
      attempt.endedAt === undefined
        ? record.end
        : { ...(error !== undefined && { error }), ...(cause !== undefined && { cause }) },
    record,
    input: inputs.get(attempt.scheduledAt.getTime()),
  };
}

/** @throws UsageError where there is none, no worker took it, or it has not ended */
function attemptAt(
  { key, attempts }: Step,
  { build, hasEnded, number }: { build: string; hasEnded: boolean; number: number },
): Attempt {
  const attempt = attempts[number - 1];
  if (attempt === undefined) throw noSuchAttempt(key, number, attempts.length);
  if (attempt.instance === undefined) {
    throw new UsageError(`no worker took attempt ${number} of ${key} in the build ${build}`, {
      hint: `muster why ${key} says what became of it`,
    });
  }
  if (attempt.endedAt !== undefined || hasEnded) return attempt;
  throw new UsageError(`${key} still runs on ${attempt.instance}: its record is written when it has ended`, {
    hint: `muster logs ${key} --follow shows what it prints`,
  });
}

/**
 * The last that failed and left a record: of a machine that was lost there is none. Where none has, the last that did not fail; else the last at all.
 * @throws UsageError where no worker has had it
 */
function numberOf({ key, attempts }: Step, keys: readonly string[]): number {
  const recorded = new Set(keys.map(instanceOfRecord));
  const isRecorded = ({ instance = "" }: Attempt) => recorded.has(instance);
  const choices: ((attempt: Attempt) => boolean)[] = [
    (attempt) => hasFailed(attempt) && isRecorded(attempt),
    (attempt) => isRecorded(attempt),
    wasTaken,
  ];
  const index = choices.map((isMeant) => attempts.findLastIndex(isMeant)).find((found) => found !== -1);
  if (index !== undefined) return index + 1;
  throw notRun(key);
}

const notRun = (task: string): UsageError =>
  new UsageError(`${task} has not run: no worker has had it`, { hint: `muster why ${task} says why` });

const noSuchAttempt = (task: string, number: number, attempts: number): UsageError =>
  new UsageError(`${task} has no attempt ${number}: it has had ${counted(attempts, "attempt")}`, {
    hint: "without --attempt the last that failed is meant",
  });

function unknownTask(
  task: string,
  { seen, where, isOne }: { seen: readonly string[]; where: string; isOne: boolean },
): UsageError {
  const nearest = nearestWord(task, seen);
  return new UsageError(`no worker has had the task "${task}" in the ${isOne ? "build" : "last"} ${where}`, {
    hint:
      nearest === undefined || nearest === task ? "muster status lists a build's tasks" : `did you mean ${nearest}?`,
  });
}
