import { formatDuration, isFinished } from "@muster/history";
import { wordsOf } from "@muster/pipeline";
import type { ExitCode } from "../command.ts";
import type { Context } from "../context.ts";
import { nextCommand } from "../next-command.ts";
import { untoldOf } from "../notifications/untold.ts";
import { tellAgainWords, type UntoldJson, untoldWords } from "../notifications/untold-words.ts";
import { type Print, type TextStyle, terminalColumns } from "../print.ts";
import { wrapColumns } from "../wrap-columns.ts";
import { chainOf } from "./chain.ts";
import { type FoundTask, findTaskOfBuild } from "./find-why.ts";
import { type ReadFacts, readFacts } from "./read-facts.ts";
import { sentenceOf } from "./sentence.ts";
import type { Situation, Wait } from "./situation.ts";
import { situationOf } from "./situation-of.ts";

/** What `why --json` prints. Times are ISO 8601, null is what nobody knows. */
export interface WhyJson {
  readonly task: string;
  readonly build: string;
  /** `running`, `succeeded`, `failed`, `aborted`, `timed out` */
  readonly buildState: string;
  /** See `Situation` for what goes with each state. */
  readonly situation: Situation;
  /** The same in words, which follow the task's name. */
  readonly sentence: string;
  /** What has happened to it, oldest first. */
  readonly chain: readonly { readonly at: Date; readonly says: string }[];
  /** Of the last attempt's log, at most ten. */
  readonly lastLines: readonly string[];
  /** Whom nobody could tell that the build has ended; null where that could not be read. */
  readonly notTold: readonly UntoldJson[] | null;
  /** Commands that a person may type next. */
  readonly next: readonly string[];
  /** What could not be read. */
  readonly unread: readonly string[];
}

/** Says why a task is where it is. */
export async function showWhy(
  { task, build }: { task: string; build: string | undefined },
  { openStage, print, globals }: Context,
): Promise<ExitCode> {
  const stage = await openStage({ to: "read" });
  const now = new Date();
  const found = await findTaskOfBuild(stage, task, build);
  const read = await readFacts(stage, found, { now, globals });
  const notTold = await untoldOf(stage, found.summary, now);
  const report = whyOf(found, read, { globals, isNamed: build !== undefined, notTold });
  if (globals.json) print.json(report);
  else for (const line of reportWhy(report, found, { print, ...read.facts })) print.report(line);
  for (const what of read.unread) print.note(what);
  return 0;
}

type Globals = Context["globals"];

interface Asked {
  readonly globals: Partial<Globals>;
  /** Whether the build was named. */
  readonly isNamed: boolean;
  readonly notTold: WhyJson["notTold"];
}

export function whyOf(found: FoundTask, { facts, lastLines, unread }: ReadFacts, asked: Asked): WhyJson {
  const situation = situationOf(facts);
  return {
    task: found.task,
    build: found.summary.name,
    buildState: found.build.state,
    situation,
    sentence: sentenceOf(situation, facts.now),
    chain: chainOf(facts),
    lastLines,
    notTold: asked.notTold,
    next: nextCommands(situation, found, asked),
    unread,
  };
}

function nextCommands(situation: Situation, found: FoundTask, asked: Asked): string[] {
  const { globals, notTold } = asked;
  const telling = (notTold ?? []).length === 0 ? [] : [tellAgainWords(found.summary.name, notTold ?? [])];
  return [...ofSituation(situation, found, asked), ...telling.map((words) => nextCommand(globals, words))];
}

function ofSituation(situation: Situation, found: FoundTask, { globals, isNamed }: Asked): string[] {
  const { summary, build, task, step } = found;
  const ofBuild = isNamed ? ["--build", summary.name] : [];
  const command = (...words: string[]) => nextCommand(globals, words);
  const took = step?.kind === "activity" && step.attempts.some(({ instance }) => instance !== undefined);
  const goesOn =
    step !== undefined && !isFinished(step) && build.state === "running" && situation.state !== "interrupted";
  const logs = took ? [command("logs", task, ...(goesOn ? ["--follow"] : []), ...ofBuild)] : [];
  const ended = build.state !== "running" && build.state !== "succeeded";
  switch (situation.state) {
    case "waiting":
      return [...waitCommands(situation.wait, { command, ofBuild }), ...logs];
    case "interrupted":
      return [...logs, ...(build.input === undefined ? [] : [command("build", ...wordsOf(build.input))])];
    case "not started": {
      const blocker = situation.missed.by === "failure" ? situation.missed.tasks[0] : undefined;
      const why = blocker === undefined ? [] : [command("why", blocker, ...ofBuild)];
      return [...why, ...(ended ? [command("retry", summary.name)] : [])];
    }
    case "failed":
    case "unprepared":
    case "cut off":
      return [...logs, ...(ended ? [command("retry", summary.name)] : [])];
    default:
      return logs;
  }
}

/** What a person may do, or look at, about what a task waits for. */
function waitCommands(
  wait: Wait,
  { command, ofBuild }: { command: (...words: string[]) => string; ofBuild: readonly string[] },
): string[] {
  if (wait.for === "a person") return [wait.command];
  if (wait.for === "a test worker") return [command("run-test-workers")];
  const going = wait.for === "steps before it" ? wait.steps.find(({ says }) => says !== null) : undefined;
  return going === undefined ? [] : [command("why", going.task, ...ofBuild)];
}

const colours = {
  succeeded: "green",
  approved: "green",
  skipped: "dim",
  waiting: "yellow",
  running: "cyan",
  silent: "yellow",
  queued: "yellow",
  orphaned: "yellow",
  resting: "yellow",
  failed: "red",
  unprepared: "red",
  rejected: "red",
  unanswered: "red",
  "cut off": "red",
  "not started": "red",
  interrupted: "yellow",
} as const satisfies Record<Situation["state"], TextStyle>;

function reportWhy(
  why: WhyJson,
  found: FoundTask,
  { print, now, moving }: { print: Print; now: Date; moving: boolean },
): string[] {
  const columns = terminalColumns(print);
  const wrap = (text: string, indent = "  ") => wrapColumns(text, { columns, indent });
  const colour = colours[why.situation.state];
  const [first = "", ...rest] = wrap(`${why.task} ${why.sentence}`);
  const since = found.build.startedAt ?? found.summary.startedAt;
  return [
    print.style("bold", first.slice(0, why.task.length)) + print.style(colour, first.slice(why.task.length)),
    ...rest.map((line) => print.style(colour, line)),
    ...wrap(`build ${why.build}, ${buildWords(found, { now, moving })}`).map((line) => print.style("dim", line)),
    ...(why.notTold ?? []).flatMap((untold) => wrap(untoldWords(untold))).map((line) => print.style("yellow", line)),
    ...why.chain.flatMap(({ at, says }) => {
      const time = `  ${timeOfDay(at, since)}  `;
      const [head = "", ...tail] = wrap(time + says, " ".repeat(time.length));
      return [print.style("dim", head.slice(0, time.length)) + head.slice(time.length), ...tail];
    }),
    ...(why.lastLines.length === 0 ? [] : ["last lines of its log:", ...why.lastLines.map((line) => `  ${line}`)]),
    ...(why.next.length === 0 ? [] : ["next:", ...why.next.map((command) => `  ${command}`)]),
  ];
}

/** `failed after 12:00; times are UTC, of 2026-11-24` */
function buildWords({ build, summary }: FoundTask, { now, moving }: { now: Date; moving: boolean }): string {
  const startedAt = build.startedAt ?? summary.startedAt;
  const time = formatDuration(+(build.endedAt ?? now) - +startedAt);
  const goesOn = moving ? `running for ${time}` : `interrupted, started ${time} ago`;
  const state = build.state === "running" ? goesOn : `${build.state} after ${time}`;
  return `${state}; times are UTC, of ${startedAt.toISOString().slice(0, 10)}`;
}

/** `12:04:10`, with its date where that is not the build's first. */
function timeOfDay(at: Date, since: Date): string {
  const [day = "", time = ""] = at.toISOString().split("T");
  return `${since.toISOString().startsWith(day) ? "" : `${day.slice(5)} `}${time.slice(0, 8)}`;
}
