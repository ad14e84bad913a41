/**
 * One measurement in a process of its own: `measure.ts <engine> <items>` answers one JSON object. Short runs are repeated, and the
 * best one counts: what else the machine does makes a run slower, never faster.
 */
const [, , engine = "", itemsText = ""] = process.argv;
const items = Number(itemsText);

// Each engine is loaded alone: the other's modules must not count as its memory.
const run =
  engine === "aws-local-stepfunctions"
    ? (await import("./run-aws-local.ts")).runAwsLocal
    : (await import("./run-here.ts")).runHere;
const options = { durable: engine === "muster-durable" };
/** Long enough for the compiler to have seen everything, short enough for somebody to wait. */
const PATIENCE_MS = 4000;
const LEAST_RUNS = 3;
const MOST_RUNS = 40;
const idleBytes = process.memoryUsage.rss();

let wallMs = Number.POSITIVE_INFINITY;
let cpuMs = Number.POSITIVE_INFINITY;
let firstPeakBytes = 0;
let runs = 0;
for (const startedMs = performance.now(); runs < LEAST_RUNS || performance.now() - startedMs < PATIENCE_MS; runs++) {
  if (runs === MOST_RUNS) break;
  const before = process.cpuUsage();
  wallMs = Math.min(wallMs, await run(items, options));
  const { user, system } = process.cpuUsage(before);
  cpuMs = Math.min(cpuMs, (user + system) / 1000);
  if (runs === 0) firstPeakBytes = process.resourceUsage().maxRSS * 1024;
}
process.stdout.write(JSON.stringify({ engine, items, runs, wallMs, cpuMs, idleBytes, peakBytes: firstPeakBytes }));
