import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { compareHistory, compareOutcome } from "./compare.ts";
import { env } from "./env.ts";
import type { RecordedCase } from "./recorded-case.ts";
import { runCase } from "./run-case.ts";

export interface Score {
  passed: number;
  total: number;
}

export interface Miss {
  readonly name: string;
  readonly part: "outcome" | "history";
  readonly difference: string;
}

export interface Report {
  readonly outcomes: Score;
  readonly histories: Score;
  readonly misses: Miss[];
}

/** Runs recorded cases and says where this Step Functions differs from AWS. */
export async function conformance(cases: readonly RecordedCase[]): Promise<Report> {
  const report: Report = { outcomes: { passed: 0, total: 0 }, histories: { passed: 0, total: 0 }, misses: [] };
  for (const recorded of cases) {
    const { name, expected } = recorded;
    const note = (part: Miss["part"], difference: string | undefined) => {
      const score = part === "outcome" ? report.outcomes : report.histories;
      score.total++;
      if (difference === undefined) score.passed++;
      else report.misses.push({ name, part, difference });
    };
    const run = await runCase(recorded).catch((error: unknown) => String(error));
    note("outcome", typeof run === "string" ? run : compareOutcome(expected, run));
    if (expected.history !== undefined) note("history", typeof run === "string" ? run : compareHistory(expected, run));
  }
  return report;
}

export function readCases(file: string): readonly RecordedCase[] {
  const cases: unknown = JSON.parse(readFileSync(file, "utf8"));
  if (!Array.isArray(cases)) throw new Error("it must hold a list of cases");
  return cases as RecordedCase[];
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { cases: { type: "string" }, json: { type: "boolean", default: false } } });
  // A path is meant from where the person stands, which is not where a package manager runs scripts.
  const given = values.cases ?? env.MUSTER_CASES;
  const file =
    given === undefined ? fileURLToPath(new URL("cases.json", import.meta.url)) : resolve(env.INIT_CWD ?? ".", given);
  let cases: readonly RecordedCase[];
  try {
    cases = readCases(file);
  } catch (error) {
    process.stderr.write(
      `conformance: cannot read cases from ${file}: ${error instanceof Error ? error.message : error}\n`,
    );
    process.exitCode = 2;
    return;
  }
  const report = await conformance(cases);
  if (values.json) {
    process.stdout.write(`${JSON.stringify(report)}\n`);
    return;
  }
  for (const { name, part, difference } of report.misses) process.stdout.write(`${name}: ${part}: ${difference}\n`);
  const { outcomes, histories } = report;
  process.stdout.write(
    `outcomes ${outcomes.passed}/${outcomes.total}, histories ${histories.passed}/${histories.total}\n`,
  );
}

if (import.meta.main ?? process.argv[1] === fileURLToPath(import.meta.url)) await main();
