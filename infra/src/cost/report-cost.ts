import type { Pipeline } from "@muster/pipeline";
import type { Stage } from "../stage-settings.ts";
import { type BuildCost, buildCost, type TaskCost } from "./build-cost.ts";
import { type IdleLine, idleCost, type PricedStack } from "./idle-cost.ts";
import { NOT_INCLUDED, PRICES_OF } from "./price-table.ts";

/** What a stage costs, as `synth --cost --json` prints it. Money is US dollars. */
export interface StageCost {
  readonly stage: string;
  readonly pipeline: string;
  /** Where the stage is. */
  readonly region: string;
  /** Of which region and when the prices are. */
  readonly prices: { readonly region: string; readonly date: string };
  readonly idle: { readonly dollarsPerMonth: number; readonly lines: readonly IdleLine[] };
  readonly build: BuildCost;
  readonly notIncluded: readonly string[];
}

export function stageCost(stage: Stage, pipeline: Pipeline, stack: PricedStack): StageCost {
  const lines = idleCost(stack);
  return {
    stage: stage.name,
    pipeline: pipeline.name,
    region: stage.region,
    prices: PRICES_OF,
    idle: { dollarsPerMonth: lines.reduce((sum, { dollarsPerMonth }) => sum + dollarsPerMonth, 0), lines },
    build: buildCost(pipeline),
    notIncluded: NOT_INCLUDED,
  };
}

/** The costs of one stage in lines: its two sums, and what they are made of. */
export function costLines({ stage, region, prices, idle, build, notIncluded }: StageCost): string[] {
  return [
    `${stage}: idle about ${dollars(idle.dollarsPerMonth)} a month, ${wholeBuild(build)}`,
    "",
    "A month without builds",
    ...aligned(idle.lines.map((line) => [dollars(line.dollarsPerMonth), ...counted(line)])),
    "",
    "One task, on a worker of its own that waits ten minutes for another, on demand",
    ...aligned(build.tasks.map(taskRow)),
    "",
    `By list prices of ${prices.region} of ${prices.date}${region === prices.region ? "" : `; ${region} has prices of its own`}.`,
    "Not in it:",
    ...notIncluded.map((each) => `  ${each}`),
  ];
}

function wholeBuild({ dollars: expected, mostDollars, platforms }: BuildCost): string {
  const of = `a build of one version${platforms === 1 || platforms === null ? " on one platform" : ` on ${platforms} platforms`}`;
  if (expected !== null) return `${of} about ${dollars(expected)}`;
  return mostDollars === null
    ? `${of} unknown: a machine has no known price`
    : `${of} at most ${dollars(mostDollars)}, if each task takes all its time`;
}

const counted = ({ what, count, dollarsEach }: IdleLine): string[] =>
  count === 1 ? [what] : [`${what}: ${count} of ${dollars(dollarsEach)}`];

function taskRow({
  step,
  per,
  instanceType,
  dollarsPerHour,
  seconds,
  timeoutSeconds,
  dollars: expected,
  mostDollars,
}: TaskCost): string[] {
  if (dollarsPerHour === null || mostDollars === null)
    return ["?", step, `a ${per}`, instanceType, "of no known price"];
  const time = seconds === null ? `at most, in ${minutes(timeoutSeconds)}` : minutes(seconds);
  return [
    dollars(expected ?? mostDollars),
    step,
    `a ${per}`,
    `${instanceType}, ${dollars(dollarsPerHour)} an hour`,
    time,
  ];
}

const minutes = (seconds: number): string => `${Math.ceil(seconds / 60)} min`;

/** To the cent; what is less, to its first digits. */
const dollars = (amount: number): string =>
  `$${amount === 0 || amount >= 0.01 ? amount.toFixed(2) : amount.toPrecision(2)}`;

/** Money to the right, all else to the left. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows.reduce<number[]>((most, row) => row.map((cell, at) => Math.max(most[at] ?? 0, cell.length)), []);
  return rows.map((row) =>
    `  ${row.map((cell, at) => (at === 0 ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0))).join("  ")}`.trimEnd(),
  );
}
