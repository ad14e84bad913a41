import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { parseJson } from "../src/services/states/language/json-text.ts";
import { compareDetails, compareHistory, compareOutcome, hasDetails } from "./compare.ts";
import { env } from "./env.ts";
import type { RecordedCase } from "./recorded-case.ts";
import { runCase } from "./run-case.ts";

export interface Score {
  passed: number;
  total: number;
}

export interface Miss {
  readonly name: string;
  readonly part: "outcome" | "history" | "details";
  readonly difference: string;
}

export interface Report {
  readonly outcomes: Score;
  readonly histories: Score;
  /** Of the events of recorded histories, what they say. */
  readonly details: Score;
  readonly misses: Miss[];
}

/** Runs recorded cases and says where this Step Functions differs from AWS. */
export async function conformance(cases: readonly RecordedCase[]): Promise<Report> {
  const score = (): Score => ({ passed: 0, total: 0 });
  const report: Report = { outcomes: score(), histories: score(), details: score(), misses: [] };
  const scores = { outcome: report.outcomes, history: report.histories, details: report.details } as const;
  for (const recorded of cases) {
    const { name, expected } = recorded;
    const note = (part: Miss["part"], difference: string | undefined) => {
      scores[part].total++;
      if (difference === undefined) scores[part].passed++;
      else report.misses.push({ name, part, difference });
    };
    const run = await runCase(recorded).catch((error: unknown) => String(error));
    note("outcome", typeof run === "string" ? run : compareOutcome(expected, run));
    if (expected.history === undefined) continue;
    note("history", typeof run === "string" ? run : compareHistory(expected, run));
    if (hasDetails(expected)) note("details", typeof run === "string" ? run : compareDetails(expected, run));
  }
  return report;
}

export function readCases(file: string): readonly RecordedCase[] {
  const cases = parseJson(readFileSync(file, "utf8"));
  if (!Array.isArray(cases)) throw new Error("it must hold a list of cases");
  return cases as unknown as RecordedCase[];
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
  const line = (["outcomes", "histories", "details"] as const)
    .map((name) => `${name} ${report[name].passed}/${report[name].total}`)
    .join(", ");
  process.stdout.write(`${line}\n`);
}

if (import.meta.main ?? process.argv[1] === fileURLToPath(import.meta.url)) await main();
