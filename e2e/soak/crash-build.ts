import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type Outcome, startMuster } from "../src/run-muster.ts";
import type { Workspace } from "../src/workspace.ts";
import { processesIn } from "./processes-in.ts";
import { type SoakPipeline, VERSIONS, writeSoakPipeline } from "./soak-pipeline.ts";
import { type StateLeft, stateLeft } from "./state-left.ts";

/** What `muster status --json` says of a build, as far as it matters here. */
export interface BuildStatus {
  readonly name: string;
  readonly state: string;
  readonly steps: readonly StepStatus[];
}

export interface StepStatus {
  readonly kind: string;
  readonly key: string;
  readonly state: string;
  readonly attempts: readonly AttemptStatus[];
}

export interface AttemptStatus {
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly instance?: string;
  readonly error?: string;
}

/** When a build's process is killed, and what is done before the same words are said again. */
export interface Kill {
  /** After the process was started. */
  readonly afterMs: number;
  /** `at once`, while workers may still be dying; or after they have, and `status` and `results` have looked at what is left. */
  readonly again: "at once" | "after a look";
}

export interface CrashedBuild {
  readonly builds: readonly { readonly name: string }[];
  readonly status: BuildStatus;
  readonly results: unknown;
  /** Lines `begin|end <task> <instance>` of all scripts, in their order. */
  readonly ran: readonly string[];
  /** Of the kills that met their process alive. */
  readonly killedAt: readonly number[];
  readonly left: StateLeft;
  /** What was not as it should be on the way. */
  readonly wrong: readonly string[];
  /** The longest time for which a process survived a kill. */
  readonly survivedMs: number;
  /** From the last start to the end; 0 where a kill came after the end. */
  readonly lastMs: number;
}

const WORDS = ["build", ...VERSIONS];
/** An agent has a few seconds for its last words. */
const MOST_SURVIVAL_MS = 15_000;

/** Runs a build in a workspace, killing its process as told and saying the same words again, until it has ended. */
export async function crashBuild(workspace: Workspace, kills: readonly Kill[]): Promise<CrashedBuild> {
  const pipeline = await writeSoakPipeline(workspace);
  const soak: Soak = {
    workspace,
    pipeline,
    killedAt: [],
    wrong: [],
    survivedMs: 0,
    lastMs: 0,
    name: undefined,
    ended: false,
  };
  for (const kill of kills) if (!soak.ended) await runAndKill(soak, kill);
  if (!soak.ended) {
    const [last] = await Promise.all([
      startMuster([...WORDS, ...pipeline.options], workspace.options).ended,
      // Also while a process takes over what another has left.
      soak.killedAt.length > 0 && readable(soak),
    ]);
    joined(soak, last);
    soak.lastMs = last.ms;
    if (last.exitCode !== 0) soak.wrong.push(`it ended with ${last.exitCode}: ${last.stdout}${last.stderr}`);
  }
  await noProcessFor(soak);
  const json = <T>(...words: string[]) => workspace.json<T>(...words, ...pipeline.options);
  return {
    builds: await json("status", "--list"),
    status: await json("status"),
    results: await json("results"),
    ran: ranLines(pipeline),
    left: stateLeft(workspace.dir),
    ...soak,
  };
}

interface Soak {
  readonly workspace: Workspace;
  readonly pipeline: SoakPipeline;
  readonly killedAt: number[];
  readonly wrong: string[];
  survivedMs: number;
  lastMs: number;
  /** Of the build, once its command has said so: from then on it exists. */
  name: string | undefined;
  ended: boolean;
}

async function runAndKill(soak: Soak, { afterMs, again }: Kill): Promise<void> {
  const { workspace, pipeline, wrong, killedAt } = soak;
  const command = startMuster([...WORDS, ...pipeline.options], workspace.options);
  const timer = new AbortController();
  await Promise.race([sleep(afterMs, undefined, { signal: timer.signal }).catch(() => {}), command.ended]);
  timer.abort();
  const killedNow = Date.now();
  command.process.kill("SIGKILL");
  const outcome = await command.ended;
  joined(soak, outcome);
  if (outcome.exitCode !== null) {
    soak.ended = true;
    soak.lastMs = outcome.ms;
    if (outcome.exitCode !== 0) wrong.push(`it ended with ${outcome.exitCode}: ${outcome.stdout}${outcome.stderr}`);
    return;
  }
  killedAt.push(killedNow);
  // A build that is over is not gone on with: whether it is, only a look can tell.
  const mayBeOver = VERSIONS.every((version) =>
    ranLines(pipeline).some((line) => line.startsWith(`end Publish-${version} `)),
  );
  if (again === "at once" && !mayBeOver) return;
  await noProcessFor(soak);
  soak.ended = (await readable(soak))?.state === "succeeded";
}

/** Whoever says the words of a running build goes on with it. */
function joined(soak: Soak, { stderr, exitCode }: Outcome): void {
  const goesOn = /^going on with the build (\S+),/m.exec(stderr)?.[1];
  const starts = /^build (\S+)$/m.exec(stderr)?.[1];
  const said = goesOn ?? starts;
  if (said === undefined) {
    // Killed before it could say anything.
    if (exitCode !== null) soak.wrong.push(`it did not say which build it is: ${stderr}`);
    return;
  }
  if (soak.name !== undefined && goesOn !== soak.name)
    soak.wrong.push(`it went on with ${said}, not with ${soak.name}`);
  soak.name = said;
}

/** Nothing of a build outlives its process for long. */
async function noProcessFor(soak: Soak): Promise<void> {
  const since = performance.now();
  const ms = () => performance.now() - since;
  while (processesIn(soak.workspace.dir).length > 0 && ms() < MOST_SURVIVAL_MS) await sleep(50);
  soak.survivedMs = Math.max(soak.survivedMs, ms());
  for (const { pid, command } of processesIn(soak.workspace.dir)) soak.wrong.push(`${pid} still runs: ${command}`);
}

/** Reports can be had at every moment; the build's status, once there is a build. */
async function readable({ workspace, pipeline, wrong, name }: Soak): Promise<BuildStatus | undefined> {
  const [status, results] = await Promise.all([
    workspace.muster("status", "--json", ...pipeline.options),
    workspace.muster("results", ...pipeline.options),
  ]);
  const none = /nothing has been built/;
  const unfinished = /has no results yet/;
  if (results.exitCode !== 0 && !unfinished.test(results.stderr) && !none.test(results.stderr)) {
    wrong.push(`results could not be read: ${results.stderr}`);
  }
  if (name === undefined && none.test(status.stderr)) return undefined;
  try {
    return JSON.parse(status.stdout);
  } catch {
    wrong.push(`the status could not be read: ${status.stderr}`);
    return undefined;
  }
}

function ranLines({ log }: SoakPipeline): string[] {
  try {
    return readFileSync(log, "utf8").trimEnd().split("\n");
  } catch {
    // No script has begun yet.
    return [];
  }
}
