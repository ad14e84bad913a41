import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { measureProgram, type Usage } from "./measure-program.ts";
import { pastBuilds } from "./past-builds.ts";

/**
 * What `muster help` and `muster status` take beside a Node that does nothing: medians of `--rounds` (default 15) in
 * which all of them run in turn, so that what else the machine does meets them alike. `status` shows a build of 200
 * tasks, with 50 such builds in the folder. The exit code is 1 when a goal is missed.
 */
const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "15" },
    builds: { type: "string", default: "50" },
    tasks: { type: "string", default: "200" },
  },
});
const [rounds, builds, tasks] = [values.rounds, values.builds, values.tasks].map(Number) as [number, number, number];

/** As it is installed: in a checkout, bin/muster.mjs looks besides whether a source is newer. */
const MUSTER = join(import.meta.dirname, "../dist/muster.mjs");

/** The most CPU time that is good enough, in multiples of Node's own. */
const programs: { name: string; words: string[]; goal?: number }[] = [
  { name: "node -e 0", words: ["-e", "0"] },
  { name: "muster help", words: [MUSTER, "help"], goal: 3 },
  { name: "muster status", words: [MUSTER, "status", "--pipeline", "muster"], goal: 6 },
];

const dir = await mkdtemp(join(tmpdir(), "muster-cli-bench-"));
try {
  await pastBuilds(join(dir, ".muster"), { pipeline: "muster", builds, tasks });
  const usages = programs.map((): Usage[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, { words }] of programs.entries()) {
      usages[index]?.push(await measureProgram(words, { cwd: dir, env: { HOME: dir, PATH: "/usr/bin:/bin" } }));
    }
  }
  report(usages);
} finally {
  await rm(dir, { recursive: true, maxRetries: 5 });
}

function report(usages: readonly (readonly Usage[])[]): void {
  const median = (index: number, of: (usage: Usage) => number): number => {
    const sorted = (usages[index] ?? []).map(of).toSorted((one, other) => one - other);
    return sorted[sorted.length >> 1] ?? Number.NaN;
  };
  const line = (...cells: string[]) =>
    process.stdout.write(
      `${cells.map((cell, column) => (column === 0 ? cell.padEnd(16) : cell.padStart(10))).join("")}\n`,
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
