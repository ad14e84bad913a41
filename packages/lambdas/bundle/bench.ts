import { execFile } from "node:child_process";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { bundleFunctions } from "./bundle-functions.ts";

/** `pnpm --filter lambdas bench`: size and load time of each function's bundle, next to an empty function's. */
const RUNS = 7;
const GOAL = { kib: 400, ms: 120 };
const run = promisify(execFile);

/** What Lambda does at a cold start: a new process imports the module; the median of a few, in milliseconds. */
async function loadTime(file: string): Promise<number> {
  const script = `const start = performance.now(); await import(${JSON.stringify(pathToFileURL(file).href)}); console.log(performance.now() - start)`;
  const env = { PATH: process.env.PATH, AWS_REGION: "us-west-2" };
  const times: number[] = [];
  for (let index = 0; index < RUNS; index++) {
    const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", script], { env });
    times.push(Number.parseFloat(stdout));
  }
  return times.sort((a, b) => a - b)[Math.floor(RUNS / 2)] ?? Number.NaN;
}

const folder = await mkdtemp(join(tmpdir(), "muster-bundles-"));
try {
  const empty = join(folder, "empty.mjs");
  await writeFile(empty, "export const handler = async () => {};\n");
  const pipelineFile = join(import.meta.dirname, "../../../pipelines/hhvm/pipeline.ts");
  const { bundles } = await bundleFunctions({ pipelineFile, outDir: folder });
  const rows = [{ name: "(empty)", file: empty, bytes: (await stat(empty)).size }, ...bundles];
  let worst = 0;
  for (const { name, file, bytes } of rows) {
    const ms = await loadTime(file);
    if (bytes / 1024 > GOAL.kib || ms > GOAL.ms) worst++;
    console.log(`${name.padEnd(24)} ${(bytes / 1024).toFixed(1).padStart(7)} KiB ${ms.toFixed(1).padStart(7)} ms`);
  }
  console.log(`goal: at most ${GOAL.kib} KiB and ${GOAL.ms} ms; missed by ${worst} of ${rows.length}`);
  if (worst > 0) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
