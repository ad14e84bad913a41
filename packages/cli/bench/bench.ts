import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildMemory } from "./build-memory.ts";
import { followBuild } from "./follow-build.ts";
import { measureProgram, type Usage } from "./measure-program.ts";
import { pastBuilds } from "./past-builds.ts";

/**
 * What `muster help` and `muster status` take beside a Node that does nothing: medians of `--rounds` (default 15) in
 * which all of them run in turn, so that what else the machine does meets them alike. `status` shows a build of 200
 * tasks, with 50 such builds in the folder; then one of 1,000 and one of 2,000 tasks, each alone in its folder, of which
 * the second may take twice what the first does. Then `status --follow` on a terminal, beside a build of 1,000 tasks; and with
 * `--memory` two real builds, which take minutes. The exit code is 1 when a goal is missed.
 */
const { values } = parseArgs({
  options: { rounds: { type: "string", default: "15" }, memory: { type: "boolean", default: false } },
});
const rounds = Number(values.rounds);

/** As it is installed: in a checkout, bin/muster.mjs looks besides whether a source is newer. */
const MUSTER = join(import.meta.dirname, "../dist/muster.mjs");

/** Of one processor. */
const FOLLOWING_GOAL = 0.05;

/** What `muster build` itself holds more for each task. */
const MEMORY_GOAL_KB = 100;

const STATUS = [MUSTER, "status", "--pipeline", "muster"];

interface Program {
  readonly name: string;
  readonly words: readonly string[];
  /** The most CPU time that is good enough, in multiples of Node's own. */
  readonly goal?: number;
  /** What lies in its folder. */
  readonly past?: { readonly builds: number; readonly tasks: number };
}

const programs: Program[] = [
  { name: "node -e 0", words: ["-e", "0"] },
  { name: "muster help", words: [MUSTER, "help"], goal: 3 },
  { name: "status, 50 × 200 tasks", words: STATUS, goal: 6, past: { builds: 50, tasks: 200 } },
  { name: "status, 1,000 tasks", words: STATUS, goal: 10, past: { builds: 1, tasks: 1000 } },
  { name: "status, 2,000 tasks", words: STATUS, goal: 20, past: { builds: 1, tasks: 2000 } },
];

const dir = await mkdtemp(join(tmpdir(), "muster-cli-bench-"));
try {
  const folders = programs.map((_, index) => join(dir, String(index)));
  for (const [index, { past }] of programs.entries()) {
    await mkdir(folders[index] as string);
    if (past !== undefined)
      await pastBuilds(join(folders[index] as string, ".muster"), { pipeline: "muster", ...past });
  }
  const usages = programs.map((): Usage[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, { words }] of programs.entries()) {
      const cwd = folders[index] as string;
      usages[index]?.push(await measureProgram(words, { cwd, env: { HOME: dir, PATH: "/usr/bin:/bin" } }));
    }
  }
  report(usages);
  await reportFollowing();
  if (values.memory) await reportMemory();
} finally {
  await rm(dir, { recursive: true, maxRetries: 5 });
}

async function reportFollowing(): Promise<void> {
  const { share, callsPerSecond } = await followBuild(MUSTER, { dir, tasks: 1000 });
  judge(
    `following 1,000 tasks: ${(share * 100).toFixed(1)} % of a processor, ${callsPerSecond.toFixed(1)} calls a second`,
    { goal: `${FOLLOWING_GOAL * 100} %`, isOver: share > FOLLOWING_GOAL },
  );
}

async function reportMemory(): Promise<void> {
  const { peakBytes, bytesPerTask } = await buildMemory(MUSTER, dir);
  const peaks = peakBytes.map(({ tasks, bytes }) => `${tasks} tasks ${(bytes / 1e6).toFixed(0)} MB`).join(", ");
  judge(`memory of muster build: ${peaks}: ${(bytesPerTask / 1000).toFixed(0)} KB a task`, {
    goal: `${MEMORY_GOAL_KB} KB`,
    isOver: bytesPerTask / 1000 > MEMORY_GOAL_KB,
  });
}

function judge(figures: string, { goal, isOver }: { goal: string; isOver: boolean }): void {
  process.stdout.write(`${figures} (goal ${goal}${isOver ? ", OVER" : ""})\n`);
  if (isOver) process.exitCode = 1;
}

function report(usages: readonly (readonly Usage[])[]): void {
  const median = (index: number, of: (usage: Usage) => number): number => {
    const sorted = (usages[index] ?? []).map(of).toSorted((one, other) => one - other);
    return sorted[sorted.length >> 1] ?? Number.NaN;
  };
  const line = (...cells: string[]) =>
    process.stdout.write(
      `${cells.map((cell, column) => (column === 0 ? cell.padEnd(24) : cell.padStart(10))).join("")}\n`,
    );
  line("", "CPU ms", "× node", "goal", "wall ms", "× node", "peak MB");
  for (const [index, { name, goal }] of programs.entries()) {
    const cpu = median(index, ({ cpuMs }) => cpuMs);
    const wall = median(index, ({ wallMs }) => wallMs);
    const times = cpu / median(0, ({ cpuMs }) => cpuMs);
    line(
      name,
      cpu.toFixed(0),
      times.toFixed(1),
      goal === undefined ? "" : `${goal}${times > goal ? " OVER" : ""}`,
      wall.toFixed(0),
      (wall / median(0, ({ wallMs }) => wallMs)).toFixed(1),
      (median(index, ({ peakBytes }) => peakBytes) / 1e6).toFixed(0),
    );
    if (goal !== undefined && times > goal) process.exitCode = 1;
  }
}
