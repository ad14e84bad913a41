import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { besideBusyProcesses } from "./busy-processes.ts";
import { runSuite } from "./run-suite.ts";
import { findSuites, type Suite } from "./suites.ts";
import { addRun, emptyTally, reportTally, type Tally } from "./tally.ts";

/**
 * Runs the suites again and again while the CPUs are kept busy, and lists what failed how often: `--rounds` each
 * (default 10), `--only` these packages, `--file` only these of their test files, for `--seconds` at most (the run
 * under way ends), with `--busy` processes beside them (default: one for each CPU). The exit code is 1 if anything
 * failed, also what passed when it was tried again.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: "string", default: "10" },
    only: { type: "string", multiple: true, default: [] },
    file: { type: "string", multiple: true, default: [] },
    seconds: { type: "string" },
    busy: { type: "string", default: String(availableParallelism()) },
    // Another workspace than this repository.
    root: { type: "string", default: resolve(import.meta.dirname, "../..") },
  },
});
const print = (line: string) => process.stdout.write(`${line}\n`);

const rounds = wholeNumber("--rounds", values.rounds, 1);
const busy = wholeNumber("--busy", values.busy, 0);
const seconds = values.seconds === undefined ? Number.POSITIVE_INFINITY : wholeNumber("--seconds", values.seconds, 1);
// A shell's `--only cli local` names two.
const suites = pickSuites(findSuites(values.root), [...values.only, ...positionals]);

const interruption = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => interruption.abort());

const kept = await mkdtemp(join(tmpdir(), "muster-flakes-"));
const tally = await besideBusyProcesses(busy, playRounds);
for (const line of reportTally(tally)) print(line);
if (tally.flakes.length === 0) await rm(kept, { recursive: true });
process.exitCode = interruption.signal.aborted ? 130 : tally.flakes.length === 0 ? 0 : 1;

async function playRounds(): Promise<Tally> {
  const started = performance.now();
  let tally = emptyTally;
  for (let round = 1; round <= rounds; round++) {
    for (const suite of suites) {
      if (interruption.signal.aborted || performance.now() - started > seconds * 1000) return tally;
      tally = await playRound(suite, round, tally);
    }
  }
  return tally;
}

async function playRound(suite: Suite, round: number, tally: Tally): Promise<Tally> {
  const folder = join(kept, `${suite.name}-${round}`);
  await mkdir(folder);
  const files = join(folder, "vitest");
  const { signal } = interruption;
  try {
    const run = await runSuite(suite, { files, filters: values.file, signal });
    const { passed, failures } = run;
    print(
      `${suite.name} ${round} of ${rounds}: ${passed} passed, ${failures.length} failed in ${run.seconds.toFixed(0)} s`,
    );
    if (failures.length === 0) await rm(folder, { recursive: true });
    return addRun(tally, { suite: suite.name, output: `${files}.log`, failures });
  } catch (error) {
    // What was interrupted has shown nothing.
    if (signal.aborted) return tally;
    throw error;
  }
}

function pickSuites(all: readonly Suite[], names: readonly string[]): readonly Suite[] {
  if (names.length === 0) return all;
  return names.map((name) => {
    const suite = all.find((candidate) => candidate.name === name);
    return suite ?? refuse(`"${name}" has no suite: say one of ${all.map((candidate) => candidate.name).join(", ")}`);
  });
}

function wholeNumber(option: string, text: string, least: number): number {
  const number = Number(text);
  return Number.isInteger(number) && number >= least
    ? number
    : refuse(`${option} ${text}: say a whole number from ${least}`);
}

function refuse(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}
