import {
  type Clock,
  type ScriptExit,
  type ScriptRunner,
  sleep,
  type TaskScript,
} from "@muster/worker-agent/in-process";
import type { AskWorld } from "../faults/world-plan.ts";
import type { MachineDisk } from "./machine-disk.ts";
import type { Recorded, ScriptRun } from "./recorded.ts";

/** How a script ends when nothing ends it: after so many seconds, with an exit code, once it has left its results. */
export interface PlayedEnd {
  readonly seconds: number;
  readonly exit: number;
}

export interface PlayedScripts {
  readonly disk: MachineDisk;
  readonly machine: string;
  /** The machine's own. */
  readonly clock: Clock;
  /** The world's, in milliseconds. */
  readonly now: () => number;
  readonly recorded: Recorded;
  readonly ask: AskWorld;
  readonly endOf: (run: ScriptRun) => PlayedEnd;
  /** Puts what the task makes where a script would. */
  readonly publish: (run: ScriptRun) => Promise<void>;
}

/** Longer than any step may take. */
const HANGS_SECONDS = 48 * 3600;
const FLOOD_LINES = 1500;
/** Between TERM and its end. */
const LAST_DEEDS_MS = 1000;

/** Runs scripts that a world plays, where the agent would start processes. */
export function playedRunner(played: PlayedScripts): ScriptRunner {
  return {
    async run(script) {
      const exit = await play(played, script);
      return { exit, endRest: async () => {} };
    },
    async close() {},
  };
}

async function play(played: PlayedScripts, script: TaskScript): Promise<ScriptExit> {
  const { clock, now, recorded } = played;
  const run = beginRun(played, script);
  recorded.runs.push(run);
  const mishap = mishapOf(played, run);
  const end = underMishap(played.endOf(run), mishap);
  const write = (lines: readonly string[]) => {
    script.onOutput?.();
    for (const target of script.targets) target.write(lines);
  };
  write([`+ ${run.activity}`]);
  if (mishap === "script.floods") write(Array.from({ length: FLOOD_LINES }, (_, line) => `line ${line} of a flood`));
  await sleep(clock, end.seconds * 1000, script.signal);
  if (script.signal.aborted) {
    await sleep(clock, LAST_DEEDS_MS);
    run.endedMs = now();
    run.end = "asked to end";
    return { signal: "SIGTERM", asked: true, leftBehind: 0 };
  }
  const exit = end.exit !== 0 ? end.exit : await publishing(played, run, write);
  run.endedMs = now();
  run.end = exit === 0 ? "succeeded" : "failed";
  if (exit !== 0) write(["error: it did not work"]);
  return { code: exit, leftBehind: 0 };
}

async function publishing({ publish, now }: PlayedScripts, run: ScriptRun, write: (lines: readonly string[]) => void) {
  try {
    await publish(run);
    run.publishedMs = now();
    return 0;
  } catch (error) {
    write([`upload failed: ${error instanceof Error ? error.message : error}`]);
    return 1;
  }
}

function beginRun({ disk, machine, now }: PlayedScripts, { env }: TaskScript): ScriptRun {
  const task = disk.note?.task;
  if (task === undefined) throw new Error("a script runs whose task nobody has noted");
  const { MUSTER_FENCING: fencing } = env;
  return {
    task: task.name,
    activity: task.activity,
    build: task.execution,
    machine,
    exclusive: task.exclusive === true,
    fencing: fencing === undefined ? undefined : Number(fencing),
    startedMs: now(),
    endedMs: undefined,
    publishedMs: undefined,
    end: undefined,
  };
}

const MISHAPS = ["script.hangs", "script.fails", "script.floods"] as const;
type ScriptMishap = (typeof MISHAPS)[number];

function mishapOf({ ask, machine }: PlayedScripts, { task }: ScriptRun): ScriptMishap | undefined {
  return MISHAPS.find((kind) => {
    const mishap = ask(kind, task);
    mishap?.happens(`${task} on ${machine}`);
    return mishap !== undefined;
  });
}

function underMishap(end: PlayedEnd, mishap: ScriptMishap | undefined): PlayedEnd {
  switch (mishap) {
    case undefined:
    case "script.floods":
      return end;
    case "script.fails":
      return { ...end, exit: 1 };
    case "script.hangs":
      return { ...end, seconds: HANGS_SECONDS };
    default:
      return mishap satisfies never;
  }
}
