import { setTimeout as sleep } from "node:timers/promises";
import { type Figure, megabytes } from "./figure.ts";
import { type LogGate, logGate } from "./log-gate.ts";
import { type ProcessUsage, processUsage } from "./process-usage.ts";
import { type RecordedStage, withStage } from "./recorded-stage.ts";

export interface FloodOptions {
  readonly name: string;
  readonly lines: number;
  /** How long CloudWatch cannot be reached in the middle of it: half of the time it refuses, half of it it is silent. */
  readonly unreachableSeconds?: number;
  /** Random text, so that the compressed log is nearly as large. */
  readonly incompressible?: boolean;
}

const HEARTBEAT_SECONDS = 15;
const BEFORE_CUT_MS = 1000;
/** After its task. */
const IDLE_SECONDS = 10;
/** A connection that breaks takes at most one answer along: so many events may be there twice. */
const MOST_REPEATED = 10_000;

/** Each line begins with its number. */
function script({ lines, incompressible }: FloodOptions): string {
  return incompressible
    ? `head -c ${lines * 69} /dev/urandom | base64 -w 92 | head -n ${lines} | awk '{ printf "%08d %s\\n", NR, $0 }'`
    : `seq -f '%08.0f of a flood of output that fills the log stream of a worker until all of it is there, all' ${lines}`;
}

/** One task that prints as fast as it can. */
export const flood = (options: FloodOptions): Promise<Figure[]> =>
  withStage(
    async (stage) => {
      const gate = await logGate(stage.url);
      try {
        return await runFlood(options, { stage, gate });
      } finally {
        await gate.refuse();
      }
    },
    { longPollMs: IDLE_SECONDS * 1000 },
  );

async function runFlood(
  options: FloodOptions,
  { stage, gate }: { stage: RecordedStage; gate: LogGate },
): Promise<Figure[]> {
  const { name, lines, unreachableSeconds = 0 } = options;
  const worker = await stage.startWorker({
    script: script(options),
    idleSeconds: IDLE_SECONDS,
    tags: { logsUrl: gate.url },
  });
  const startMs = performance.now();
  const usage = watchUsage(worker.process.pid as number);
  const task = await stage.publish({ heartbeatSeconds: HEARTBEAT_SECONDS });
  if (unreachableSeconds > 0) {
    await sleep(BEFORE_CUT_MS);
    await gate.refuse();
    await sleep(unreachableSeconds * 500);
    await gate.swallow();
    await sleep(unreachableSeconds * 500);
    await gate.open();
  }
  const { status } = await task.ended;
  const endMs = performance.now();
  // What is left in the spool is sent before the worker ends.
  await worker.stopped;
  const { cpuMs, peakBytes } = usage.stop();

  const read = await stage.logLines(worker.instanceId);
  const numbers = read.filter((line) => /^\d{8} /.test(line)).map((line) => Number(line.slice(0, 8)));
  const { missing, repeated } = compare(numbers, lines);
  const of = (what: string) => `${name}: ${what}`;
  return [
    { what: of("task failed"), value: status === "SUCCEEDED" ? 0 : 1, unit: "", goal: 0 },
    { what: of(`lines of ${lines} missing or out of order`), value: missing, unit: "", goal: 0 },
    { what: of("lines repeated"), value: repeated, unit: "", goal: unreachableSeconds > 0 ? MOST_REPEATED : 0 },
    { what: of("the agent's memory at most"), value: megabytes(peakBytes), unit: "MB", goal: 150 },
    {
      what: of("longest time between heartbeats"),
      value: longestGap([startMs, ...stage.timesOf("SendTaskHeartbeat"), endMs]),
      unit: "s",
      goal: HEARTBEAT_SECONDS,
      digits: 1,
    },
    { what: of("CPU a line"), value: (cpuMs * 1000) / lines, unit: "µs", digits: 1 },
    { what: of("time from publication to report"), value: (endMs - startMs) / 1000, unit: "s", digits: 1 },
  ];
}

/** Numbers that do not follow the largest so far are repetitions, or late: the former were there before. */
function compare(numbers: readonly number[], count: number): { missing: number; repeated: number } {
  let last = 0;
  let missing = 0;
  let repeated = 0;
  for (const number of numbers) {
    if (number <= last) repeated++;
    else {
      missing += number - last - 1;
      last = number;
    }
  }
  return { missing: missing + count - last, repeated };
}

/** In seconds. */
function longestGap(times: readonly number[]): number {
  return Math.max(...times.slice(1).map((atMs, index) => atMs - (times[index] as number))) / 1000;
}

/** The last that is known of a process that will end by itself. */
function watchUsage(pid: number): { stop(): ProcessUsage } {
  let last = processUsage(pid);
  const timer = setInterval(() => {
    try {
      last = processUsage(pid);
    } catch {
      clearInterval(timer);
    }
  }, 200);
  return {
    stop() {
      clearInterval(timer);
      return last;
    },
  };
}
