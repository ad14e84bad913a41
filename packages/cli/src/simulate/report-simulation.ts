import type { PathPart } from "@muster/simulation";
import type { Context } from "../context.ts";
import { counted } from "../counted.ts";
import { formatTable } from "../format-table.ts";
import { dollarsText, durationOf } from "../plan/whole-lines.ts";
import type { SimulatedPolicy, SimulationJson } from "./simulation-json.ts";
import type { Spread } from "./spread.ts";
import type { TaskSeconds } from "./task-seconds.ts";

const HEADS = ["", "time", "p5–p95", "worker hours", "p5–p95", "cost", "p5–p95", "recovery", "p95", "failed"];

/** For people: what was assumed, and of each profile of faults a table of policies with what they wait for. */
export function reportSimulation(
  { times, bootSeconds, bootFrom, seeds, results }: SimulationJson,
  { summaries, print }: { summaries: Readonly<Record<string, string>>; print: Context["print"] },
): void {
  const dim = (text: string) => print.style("dim", text);
  print.sentence(`${counted(times.length, "task")} in ${counted(seeds.length, "world")} each; nothing was started`);
  for (const line of formatTable([
    [dim("times"), timesLine(times)],
    [dim("boots"), `about ${durationOf(bootSeconds)}, ${BOOT_FROM[bootFrom]}`],
  ]))
    print.sentence(line);
  for (const [faults, policies] of Map.groupBy(results, (result) => result.faults)) {
    print.report("");
    print.sentence(`${faults}: ${summaries[faults]}`);
    const rows = policies.map((policy) => rowOf(policy, seeds.length));
    for (const line of formatTable([HEADS.map(dim), ...rows])) print.report(line);
    for (const policy of policies) {
      print.sentence(`${policy.policy}${againstText(policy, seeds.length)}: ${pathText(policy.typical.criticalPath)}`);
      for (const { seed, invariant, what } of policy.violations)
        print.sentence(`seed ${seed} breaks: ${invariant}: ${what}`);
    }
  }
}

const BOOT_FROM = {
  option: "as --boot says",
  records: "as recorded",
  guess: "as nothing tells otherwise (--boot says it)",
} as const;

const TIME_FROM = {
  file: "from the file",
  records: "as recorded",
  definition: "as the definition says",
  guess: "guessed",
} as const;

function timesLine(times: readonly TaskSeconds[]): string {
  const groups = Map.groupBy(times, ({ from }) => from);
  const told = [...groups].map(([from, tasks]) => `${tasks.length} ${TIME_FROM[from]}`).join(", ");
  const guessed = groups.get("guess") ?? [];
  if (guessed.length === 0) return told;
  const steps = [...new Set(guessed.map(({ task, seconds }) => `${task} ${durationOf(seconds)}`))];
  return `${told} (--durations says them): ${steps.slice(0, 3).join(", ")}${steps.length > 3 ? ", …" : ""}`;
}

function rowOf(result: SimulatedPolicy, seeds: number): string[] {
  const { policy, makespanSeconds, workerHours, dollars, recoverySeconds, failed } = result;
  const hours = (value: number) => value.toFixed(1);
  return [
    policy,
    ...cells(makespanSeconds, durationOf),
    ...cells(workerHours, hours),
    ...(dollars === null ? ["unknown", ""] : cells(dollars, dollarsText)),
    ...(recoverySeconds === null ? ["", ""] : [durationOf(recoverySeconds.median), durationOf(recoverySeconds.p95)]),
    failed.length === 0 ? "" : `${failed.length} of ${seeds}`,
  ];
}

const cells = ({ median, p5, p95 }: Spread, text: (value: number) => string): string[] => [
  text(median),
  `${text(p5)}–${text(p95)}`,
];

/** ` (faster in 20 of 20 worlds, cheaper in 3)`. */
function againstText({ against }: SimulatedPolicy, seeds: number): string {
  if (against === null) return "";
  const { faster, cheaper, timeShare, costShare } = against;
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
  const cost = costShare === null ? "" : `, ${percent(costShare.median)} of its cost, cheaper in ${cheaper}`;
  return ` (${percent(timeShare.median)} of the first one's time, faster in ${faster} of ${seeds}${cost})`;
}

/** `MakeSourceTarball-4.26.1 4:19 after 3:17, …`: what it took so long for, in the world whose time is the median. */
export function pathText(path: readonly PathPart[]): string {
  return path
    .flatMap(({ task, waitSeconds, workSeconds }) => {
      if (task !== null) return [`${task} ${durationOf(workSeconds)} after ${durationOf(waitSeconds)}`];
      return waitSeconds < 1 ? [] : [`its end after ${durationOf(waitSeconds)}`];
    })
    .join(", ");
}
