import { formatDuration } from "@muster/history";
import { counted } from "../counted.ts";
import type { EstimatedPlan, ReachedLimit, WholeBuild } from "./estimate-plan.ts";
import { quotaText } from "./quotas.ts";

/** What stands below a plan: time, machines and cost of the whole, each with what it goes by. */
export function wholeLines({
  whole,
  steps,
  recordsProblem,
  quotasProblem,
}: EstimatedPlan): [label: string, text: string][] {
  if (steps.every(({ run }) => run !== true) || whole.workersAtOnce === 0) return [];
  return [
    ["time", timeLine(whole, recordsProblem)],
    ["machines", machinesLine(whole)],
    ...whole.quotas.map((quota): [string, string] => ["quota", quotaText(quota)]),
    ...(quotasProblem === null ? [] : [["quotas", `not known: ${quotasProblem}`] satisfies [string, string]]),
    ...(whole.dollars === 0 ? [] : [["cost", costLine(whole)] satisfies [string, string]]),
  ];
}

/** `in about 24:10 and for about $0.40`, as far as it is known. */
export function inBrief({ seconds, tasksOfUnknownTime, dollars }: WholeBuild): string {
  const time =
    seconds === null ? "" : ` in ${tasksOfUnknownTime > 0 ? "no less than" : "about"} ${durationOf(seconds)}`;
  const cost =
    dollars === null || dollars === 0 ? "" : `${time === "" ? "" : " and"} for about ${dollarsText(dollars)}`;
  return time + cost;
}

export const durationOf = (seconds: number): string => formatDuration(seconds * 1000);

/** `$0.40`, and `$0.004` of little. */
export const dollarsText = (dollars: number): string =>
  dollars >= 0.01 || dollars === 0 ? `$${dollars.toFixed(2)}` : `$${dollars.toFixed(4)}`;

function timeLine({ seconds, criticalPath, tasksOfUnknownTime, bootSeconds }: WholeBuild, problem: string | null) {
  const hint = "nothing is recorded of these steps yet, and they have no estimatedDuration";
  if (seconds === null) return `not known: ${problem === null ? hint : `no records could be read: ${problem}`}`;
  const boot =
    bootSeconds === null ? "without the start of workers" : `with ${durationOf(bootSeconds)} for each worker to start`;
  const path = criticalPath.join(", ");
  const unknown =
    tasksOfUnknownTime === 0 ? "" : `; ${counted(tasksOfUnknownTime, "task")} of unknown time not counted`;
  const records = problem === null ? "" : `; no records could be read: ${problem}`;
  return `${durationOf(seconds)}, ${boot}, for ${path}${unknown}${records}`;
}

function machinesLine({ machineHours, workersAtOnce, vcpusAtOnce, limits }: WholeBuild): string {
  const hours = machineHours === null ? "" : `${hoursText(machineHours)}, `;
  const vcpus = vcpusAtOnce === 0 ? "" : ` (${counted(vcpusAtOnce, "vCPU")} of EC2's quotas)`;
  return [`${hours}up to ${counted(workersAtOnce, "worker")} at once${vcpus}`, ...limits.map(limitText)].join("; ");
}

const hoursText = (hours: number): string =>
  hours < 0.1 ? `${durationOf(hours * 3600)} of one` : `${hours.toFixed(1)} hours`;

function limitText({ activity, most, unit }: ReachedLimit): string {
  const who = activity ?? "the stage";
  return unit === "workers"
    ? `${who} may have ${counted(most, "worker")}`
    : `the stage may cost ${dollarsText(most)} an hour, and some will have to wait`;
}

function costLine({ dollars, unpriced }: WholeBuild): string {
  if (dollars !== null) return `about ${dollarsText(dollars)}, by what machines cost on demand or their pricePerHour`;
  return unpriced.length > 0
    ? `not known: no price is known of the machines of ${unpriced.join(", ")} (worker.pricePerHour says it)`
    : "not known, as the time";
}
