import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { TRANSITIONS_PER_ITEM } from "./workload.ts";

const ENGINES = ["muster", "muster-durable", "aws-local-stepfunctions"] as const;
type Engine = (typeof ENGINES)[number];

interface Measurement {
  readonly engine: Engine;
  readonly items: number;
  /** Best of some runs, in the same warmed-up process. */
  readonly wallMs: number;
  readonly cpuMs: number;
  /** Resident once everything is loaded, and at the most during the first run. */
  readonly idleBytes: number;
  readonly peakBytes: number;
}

interface Goal {
  readonly what: string;
  readonly atLeast?: number;
  readonly atMost?: number;
  readonly value: number;
}

const SIZES = [70, 100, 1000, 10_000];

function measure(engine: Engine, items: number): Measurement {
  const script = fileURLToPath(new URL("measure.ts", import.meta.url));
  return JSON.parse(execFileSync(process.execPath, [script, engine, String(items)], { encoding: "utf8" }));
}

function neededBytes({ idleBytes, peakBytes }: Measurement): number {
  return peakBytes - idleBytes;
}

function goalsOf(find: (engine: Engine, items: number) => Measurement): readonly Goal[] {
  const faster = (engine: Engine, items: number) =>
    find("aws-local-stepfunctions", items).wallMs / find(engine, items).wallMs;
  const perItem = (items: number) => find("muster", items).wallMs / items;
  return [
    { what: "speed at 70 items, × aws-local-stepfunctions", atLeast: 1.5, value: faster("muster", 70) },
    { what: "speed at 1,000 items", atLeast: 1.5, value: faster("muster", 1000) },
    { what: "speed at 10,000 items", atLeast: 3, value: faster("muster", 10_000) },
    { what: "durable, speed at 1,000 items", atLeast: 1, value: faster("muster-durable", 1000) },
    { what: "durable, speed at 10,000 items", atLeast: 1, value: faster("muster-durable", 10_000) },
    { what: "time per item at 10,000, × that at 100", atMost: 1.2, value: perItem(10_000) / perItem(100) },
    {
      what: "memory at 10,000 items, × aws-local-stepfunctions",
      atMost: 0.5,
      value: neededBytes(find("muster", 10_000)) / neededBytes(find("aws-local-stepfunctions", 10_000)),
    },
  ];
}

function isMet({ atLeast = 0, atMost = Number.POSITIVE_INFINITY, value }: Goal): boolean {
  return value >= atLeast && value <= atMost;
}

const { values } = parseArgs({ options: { json: { type: "boolean", default: false } } });
const measurements = SIZES.flatMap((items) => ENGINES.map((engine) => measure(engine, items)));
const goals = goalsOf((engine, items) => {
  const found = measurements.find((measurement) => measurement.engine === engine && measurement.items === items);
  if (found === undefined) throw new RangeError(`${engine} was not measured at ${items} items`);
  return found;
});

if (values.json) {
  process.stdout.write(
    `${JSON.stringify({ measurements, goals: goals.map((goal) => ({ ...goal, met: isMet(goal) })) })}\n`,
  );
} else {
  process.stdout.write("engine                    items  transitions/s  µs/item  CPU µs/item  memory MB (resident)\n");
  for (const measurement of measurements) {
    const { engine, items, wallMs, cpuMs, peakBytes } = measurement;
    const columns = [
      engine.padEnd(24),
      String(items).padStart(6),
      Math.round((items * TRANSITIONS_PER_ITEM * 1000) / wallMs)
        .toLocaleString("en")
        .padStart(14),
      ((wallMs * 1000) / items).toFixed(1).padStart(8),
      ((cpuMs * 1000) / items).toFixed(1).padStart(12),
      `${(neededBytes(measurement) / 1e6).toFixed(0)} (${(peakBytes / 1e6).toFixed(0)})`.padStart(21),
    ];
    process.stdout.write(`${columns.join(" ")}\n`);
  }
  process.stdout.write(
    "memory: what the first run needed beyond the loaded, idle process; in brackets the whole process at its peak\n",
  );
  for (const goal of goals) {
    const bound = goal.atLeast === undefined ? `at most ${goal.atMost}` : `at least ${goal.atLeast}`;
    process.stdout.write(
      `${isMet(goal) ? "met   " : "MISSED"} ${goal.what}: ${goal.value.toFixed(2)}, goal ${bound}\n`,
    );
  }
}
process.exitCode = goals.every(isMet) ? 0 : 1;
