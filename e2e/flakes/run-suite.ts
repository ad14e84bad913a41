import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { finished } from "node:stream/promises";
import { readReport, type SuiteRun } from "./read-report.ts";
import type { Suite } from "./suites.ts";

const VITEST = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");

export interface RunOptions {
  /** Where its output and vitest's report go: `<files>.log`, `<files>.json`. */
  readonly files: string;
  /** Files of tests, as vitest's own filters; all where empty. */
  readonly filters: readonly string[];
  /** Ends the run; it throws then. */
  readonly signal: AbortSignal;
}

/** Runs a suite once, in processes of its own. */
export async function runSuite({ folder }: Suite, { files, filters, signal }: RunOptions): Promise<SuiteRun> {
  const log = createWriteStream(`${files}.log`);
  await once(log, "open");
  const report = `${files}.json`;
  const started = performance.now();
  const child = spawn(
    process.execPath,
    [VITEST, "run", ...filters, "--reporter=default", "--reporter=json", `--outputFile.json=${report}`],
    { cwd: folder, env: { ...process.env, NO_COLOR: "1" }, stdio: ["ignore", log, log], signal },
  );
  const [exitCode] = (await once(child, "exit")) as [number | null];
  const seconds = (performance.now() - started) / 1000;
  log.end();
  await finished(log);
  const text = existsSync(report) ? readFileSync(report, "utf8") : undefined;
  return { ...readReport(text, { folder, exitCode }), seconds };
}
