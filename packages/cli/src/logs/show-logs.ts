import { setTimeout as sleep } from "node:timers/promises";
import { type BuildHistory, isFinished, type Step } from "@muster/history";
import type { ExitCode } from "../command.ts";
import type { Context } from "../context.ts";
import { readOn } from "../history/read-on.ts";
import { stoppedBy } from "../history/stopped-by.ts";
import type { Stage } from "../stages/stage.ts";
import { EnvironmentError, UsageError } from "../usage-error.ts";
import { type AttemptLogs, type AttemptState, type AttemptToRead, attemptLogs, NOTHING_LEFT } from "./attempt-logs.ts";
import { chooseAttempts, parseAttempt } from "./choose-attempts.ts";
import { type FoundLog, findInstanceLog, findLog } from "./find-log.ts";
import { pieceJoiner } from "./join-pieces.ts";
import { logReader } from "./log-reader.ts";
import { parsePattern } from "./parse-pattern.ts";
import { parseSince } from "./parse-since.ts";
import { type LogPrinter, logPrinter } from "./print-log.ts";
import { silenceOf } from "./silence.ts";

export interface LogsArguments {
  /** Or an instance id, or a build's name. */
  readonly task: string;
  readonly follow: boolean;
  readonly build: string | undefined;
  readonly attempt: string | undefined;
  readonly grep: string | undefined;
  readonly since: string | undefined;
  readonly timestamps: boolean;
}

/** Prints the log of a task, of a worker, or of a whole build. */
export async function showLogs(asked: LogsArguments, context: Context): Promise<ExitCode> {
  const pattern = asked.grep === undefined ? undefined : parsePattern(asked.grep);
  const since = asked.since === undefined ? undefined : parseSince(asked.since, new Date());
  const number = parseAttempt(asked.attempt);
  const stage = await context.openStage({ to: "read" });
  const found = await findLog(stage, asked.task, asked.build);
  if (number !== undefined && (found.kind === "worker" || found.task === undefined))
    throw new UsageError("--attempt goes with a task", { hint: "muster logs <task> --attempt <number>" });
  const shown = { ...asked, pattern, isBuild: found.kind === "tasks" && found.task === undefined };
  const printer = logPrinter(context, shown);
  const looking = { stage, context, printer, since, follow: asked.follow };
  const isOver = await (found.kind === "worker"
    ? showWorker(found.instance, looking)
    : showTasks({ ...found, number }, looking));
  return isOver ? 0 : 130;
}

interface Looking {
  readonly stage: Stage;
  readonly context: Context;
  readonly printer: LogPrinter;
  readonly since: number | undefined;
  readonly follow: boolean;
}

/** @returns false when the user has had enough */
async function showWorker(instance: string, { stage, context, printer, since, follow }: Looking): Promise<boolean> {
  const read = logReader(stage, await findInstanceLog(stage, instance), { startTime: since });
  const join = pieceJoiner();
  for (;;) {
    const lines = join(await read());
    printer.lines(lines.map((line) => ({ ...line, isTimed: true, instance })));
    if (!follow) break;
    if (!(await pause(stage, context.signal))) return false;
  }
  printer.end({ build: null, states: [], now: new Date() });
  return true;
}

type TasksToShow = Extract<FoundLog, { kind: "tasks" }> & { readonly number: number | undefined };

async function showTasks(found: TasksToShow, looking: Looking): Promise<boolean> {
  const { stage, context, printer, follow } = looking;
  const { summary, history, task, number } = found;
  const logs = attemptLogs(stage, looking);
  for (let look = 0; ; look++) {
    const steps = history.build.steps.filter(
      ({ kind, key }) => kind === "activity" && (task === undefined || key === task),
    );
    const attempts = chooseAttempts(steps, { build: summary.name, number });
    const isInterrupted = stage.movedBy === "nobody";
    const isEnded = history.build.state !== "running" || isInterrupted || isAllDone(steps, task, number);
    const lines = await logs.read(attempts);
    printer.lines(
      lines.map(({ attempt, ...line }) => ({
        ...line,
        task: attempt.task,
        number: attempt.number,
        instance: attempt.instance,
      })),
    );
    if (!follow || isEnded) {
      const isOver = history.build.state !== "running";
      printer.end({ build: summary.name, states: logs.states(), now: new Date(), isOver });
      tellState({ logs, attempts, steps, task, isInterrupted, build: history.build }, looking);
      return true;
    }
    if (look === 0) tellState({ logs, attempts, steps, task, isInterrupted, build: history.build }, looking);
    if (!(await pause(stage, context.signal, attempts.length))) {
      context.print.note(`${task ?? summary.name} goes on without this command`);
      return false;
    }
    await readOn(stage.sfn, summary.executionArn, history);
  }
}

/** Of one task no more than its end is waited for, of one attempt no more than that attempt's. */
function isAllDone(steps: readonly Step[], task: string | undefined, number: number | undefined): boolean {
  if (task === undefined) return false;
  return steps.every(
    (step) => isFinished(step) || (number !== undefined && step.attempts[number - 1]?.endedAt !== undefined),
  );
}

interface Told {
  readonly logs: AttemptLogs;
  readonly attempts: readonly AttemptToRead[];
  readonly steps: readonly Step[];
  readonly task: string | undefined;
  readonly isInterrupted: boolean;
  readonly build: BuildHistory;
}

/** What the lines do not say: what is missing of them and why, and that there will be more. */
function tellState(
  { logs, attempts, steps, task, isInterrupted, build }: Told,
  { context: { print }, since }: Looking,
): void {
  const states = logs.states();
  const problems = states.filter(({ problem }) => problem !== undefined);
  const isNothingLeft = problems.length > 0 && states.every(({ source }) => source === "none");
  if (isNothingLeft && problems.length === states.length) throw gone(problems, task);
  for (const { attempt, problem } of problems) print.note(`${nameOf(attempt)}: ${problem}`);
  if (attempts.length === 0)
    print.note(task === undefined ? "no worker has taken a task yet" : `no worker has taken ${task} yet`);
  const now = new Date();
  for (const state of states) {
    const { attempt } = state;
    if (attempt.endedAt !== undefined) continue;
    if (build.state !== "running") print.note(`${attempt.task} was cut off on ${attempt.instance}: ${endOf(build)}`);
    else if (isInterrupted) print.note(`${attempt.task} was interrupted: no process moves its build`);
    else print.note(`${attempt.task} still runs on ${attempt.instance}; ${silenceOf(state, { now, since })}`);
  }
  if (task === undefined || isInterrupted) return;
  const [step] = steps;
  if (step?.state === "retrying") print.note(`${task} is to be tried again`);
}

function endOf(build: BuildHistory): string {
  const who = stoppedBy(build);
  return who === undefined ? `the build ${build.state}` : `the build was stopped by ${who}`;
}

const nameOf = ({ task, number, instance }: AttemptToRead): string => `${task}, attempt ${number} on ${instance}`;

function gone(problems: readonly AttemptState[], task: string | undefined): EnvironmentError {
  const [{ attempt, problem }] = problems as [AttemptState];
  const what = task === undefined ? `the logs of ${attempt.build} are gone` : `the log of ${task} is gone`;
  const why = problems.length > 1 && problem === NOTHING_LEFT ? `, ${problems.length} attempts alike` : "";
  return new EnvironmentError(`${what}: ${problem}${why}`, { hint: "muster status shows how it ended" });
}

/** GetLogEvents takes some calls a second: many streams are looked at less often. False when the user has had enough. */
async function pause({ pollMs, movedBy }: Stage, signal: AbortSignal, streams = 1): Promise<boolean> {
  const ms = Math.max(pollMs, 500, movedBy === "aws" ? streams * 100 : 0);
  await sleep(ms, undefined, { signal }).catch(() => undefined);
  return !signal.aborted;
}
