import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { agentProgram } from "../testing/agent-program.ts";
import { type StageWithWorkers, stageWithWorkers } from "../testing/stage-with-workers.ts";
import { processUsage } from "./process-usage.ts";

const { values: options } = parseArgs({
  options: {
    lines: { type: "string", default: "1000000" },
    tasks: { type: "string", default: "200" },
    /** Seconds for which CloudWatch does not answer in the middle of a flood. */
    outage: { type: "string", default: "0" },
    only: { type: "string" },
  },
});

const calls: { operation: string; atMs: number }[] = [];
const quick = "#!/bin/sh\nexit 0\n";

/** Each prints its figure beside its goal. */
const benches: Record<string, () => Promise<void>> = { start: firstPoll, idle, tasks: noOpTasks, flood };

async function withStage(work: (stage: StageWithWorkers) => Promise<void>): Promise<void> {
  calls.length = 0;
  const stage = await stageWithWorkers({
    onCall: ({ operation }) => calls.push({ operation, atMs: performance.now() }),
  });
  try {
    await work(stage);
  } finally {
    await stage[Symbol.asyncDispose]();
  }
}

const timesOf = (operation: string) => calls.filter((call) => call.operation === operation).map(({ atMs }) => atMs);
const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;

async function firstPoll(): Promise<void> {
  const durations: number[] = [];
  for (let round = 0; round < 7; round++) {
    await withStage(async (stage) => {
      const task = await stage.publish();
      const worker = await stage.startWorker({ script: quick });
      await task.ended;
      durations.push((timesOf("GetActivityTask")[0] ?? Number.NaN) - worker.startedMs);
    });
  }
  console.log(`first poll: ${median(durations).toFixed(0)} ms after the process start, median of 7 (goal: 400 ms)`);
}

async function idle(): Promise<void> {
  await withStage(async (stage) => {
    const worker = await stage.startWorker({ script: quick });
    await (await stage.publish()).ended;
    // V8 tidies up for some seconds after it had something to do.
    await sleep(15_000);
    const pid = worker.process.pid as number;
    const before = processUsage(pid);
    const seconds = 30;
    await sleep(seconds * 1000);
    const after = processUsage(pid);
    const percent = (after.cpuMs - before.cpuMs) / (seconds * 10);
    console.log(`idle: ${megabytes(after.residentBytes)} resident, ${percent.toFixed(2)} % CPU (goals: 100 MB, 0.1 %)`);
  });
}

async function noOpTasks(): Promise<void> {
  await withStage(async (stage) => {
    await stage.startWorker({ script: quick });
    for (let count = 0; count < Number(options.tasks); count++) await (await stage.publish()).ended;
    const claimed = timesOf("GetActivityTask");
    const reported = timesOf("SendTaskSuccess");
    const durations = reported.map((atMs, index) => atMs - (claimed[index] ?? Number.NaN));
    console.log(
      `no-op task: ${median(durations).toFixed(1)} ms from claim to report, the script's own start included, median of ${durations.length} (goal: 15 ms)`,
    );
  });
}

async function flood(): Promise<void> {
  const lines = Number(options.lines);
  const outageMs = Number(options.outage) * 1000;
  await withStage(async (stage) => {
    const worker = await stage.startWorker({
      script: `seq -f 'line %08.0f of a flood of output that fills the log stream of a worker until all of it is there.......' ${lines}`,
    });
    const pid = worker.process.pid as number;
    const startMs = performance.now();
    const before = processUsage(pid);
    const task = await stage.publish();
    if (outageMs > 0) {
      await sleep(1000);
      const restore = stage.aws.failCalls({ service: "logs" }, { code: "ServiceUnavailableException", status: 503 });
      await sleep(outageMs);
      restore();
    }
    const { status } = await task.ended;
    const seconds = (performance.now() - startMs) / 1000;
    const after = processUsage(pid);
    const got = (await stage.logLines(worker.instanceId)).filter((line) => line.startsWith("line "));
    const inOrder = got.every((line, index) => Number(line.slice(5, 13)) === index + 1);
    console.log(
      `flood: ${status}, ${got.length} of ${lines} lines, ${inOrder ? "each once and in order" : "OUT OF ORDER OR REPEATED"}, in ${seconds.toFixed(1)} s; ` +
        `${(((after.cpuMs - before.cpuMs) * 1000) / lines).toFixed(1)} µs CPU a line; peak ${megabytes(after.peakBytes)} (goal: 150 MB)`,
    );
  });
}

console.log(`agent: ${agentProgram}`);
for (const [name, bench] of Object.entries(benches)) {
  if (options.only === undefined || options.only === name) await bench();
}
