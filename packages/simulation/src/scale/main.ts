import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { MOST_TASKS_OF_ONE_HISTORY } from "@muster/pipeline";
import { type LargeBuild, type Matrix, runLargeBuild, tasksOf } from "./large-build.ts";
import { type Measured, scaleLines } from "./scale-lines.ts";

/**
 * What builds of growing size cost a task: processor, memory, calls of AWS and how near these come to AWS's rates. Each runs in a process of its own.
 *
 *     scale                 builds of 426, 1,000, 1,400 and 10,000 tasks
 *     scale 3x70 5x99       of so many versions and platforms
 *     scale --one-history … however large they are
 */
const USAGE = "scale [--one-history] [<versions>x<platforms> …]";

interface Asked extends Matrix {
  /** Whatever its size. */
  readonly oneHistory: boolean;
}

/** Three versions of seventy platforms, the two ends between which a task's cost must not grow, and what nearly fills one history. */
const ASKED: readonly Asked[] = [
  { versions: 3, platforms: 70, oneHistory: false },
  { versions: 5, platforms: 99, oneHistory: false },
  { versions: 10, platforms: 69, oneHistory: true },
  { versions: 50, platforms: 99, oneHistory: false },
];

function askedIn(text: string, oneHistory: boolean): Asked {
  const [, versions, platforms] = /^(\d+)x(\d+)$/.exec(text) ?? [];
  if (versions === undefined || platforms === undefined) throw new TypeError(`"${text}" is no matrix: ${USAGE}`);
  return { versions: Number(versions), platforms: Number(platforms), oneHistory };
}

async function measure({ oneHistory, ...matrix }: Asked): Promise<Measured> {
  // What is loaded and compiled but once is no matter of size.
  await runLargeBuild({ versions: 1, platforms: 2 }, { mostTasks: 0 });
  const [cpu, before] = [process.cpuUsage(), process.resourceUsage().maxRSS];
  const mostTasks = oneHistory ? Number.POSITIVE_INFINITY : MOST_TASKS_OF_ONE_HISTORY - 1;
  const build: LargeBuild = await runLargeBuild(matrix, { mostTasks });
  const { user, system } = process.cpuUsage(cpu);
  return {
    ...build,
    distributed: tasksOf(matrix) > mostTasks,
    calls: Object.fromEntries(build.calls),
    cpuMs: (user + system) / 1000,
    memoryKb: process.resourceUsage().maxRSS - before,
  };
}

function measureApart({ versions, platforms, oneHistory }: Asked): Measured {
  const options = ["--child", ...(oneHistory ? ["--one-history"] : []), `${versions}x${platforms}`];
  const told = execFileSync(process.execPath, [...process.execArgv, fileURLToPath(import.meta.url), ...options], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  return JSON.parse(told) as Measured;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { "one-history": { type: "boolean", default: false }, child: { type: "boolean", default: false } },
  });
  const given = positionals.map((text) => askedIn(text, values["one-history"]));
  if (values.child) {
    for (const asked of given) process.stdout.write(JSON.stringify(await measure(asked)));
    return;
  }
  const measured: Measured[] = [];
  for (const asked of given.length > 0 ? given : ASKED) {
    measured.push(measureApart(asked));
    console.log(scaleLines(measured).join("\n"));
  }
}

try {
  await main();
} catch (error) {
  if (!(error instanceof TypeError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
