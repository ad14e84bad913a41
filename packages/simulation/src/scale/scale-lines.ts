import type { LargeBuild } from "./large-build.ts";

/** A build that has run, with what it took of the process that played it. */
export interface Measured extends Omit<LargeBuild, "calls"> {
  /** Whether each platform of a version had an execution of its own. */
  readonly distributed: boolean;
  readonly calls: Readonly<Record<string, number>>;
  readonly cpuMs: number;
  /** By which the process grew. */
  readonly memoryKb: number;
}

/** The last build's figures, and its costs of a task beside those of the first that had its form. */
export function scaleLines(measured: readonly Measured[]): string[] {
  const last = measured.at(-1);
  if (last === undefined) return [];
  const { tasks, status, message, events, seconds, machines, calls, buckets } = last;
  const form = last.distributed ? "in executions of its platforms" : `in one history of ${events} events`;
  const first = measured.find(({ distributed }) => distributed === last.distributed);
  const than =
    first === undefined || first === last ? "" : ` (${percent(perTask(last), perTask(first))} of ${first.tasks} tasks)`;
  return [
    "",
    `${tasks} tasks ${form}: ${status}${message === undefined ? "" : `, ${message}`}`,
    `  ${(seconds / 3600).toFixed(1)} h, ${machines} machines`,
    `  a task: ${(last.cpuMs / tasks).toFixed(1)} ms of a processor, ${(last.memoryKb / tasks).toFixed(0)} KB, ${perTask(last).toFixed(1)} calls${than}`,
    ...Object.entries(calls)
      .sort(([, one], [, other]) => other - one)
      .map(([name, count]) => `  ${(count / tasks).toFixed(2).padStart(8)} ${name}`),
    "  nearest to AWS's rates:",
    ...buckets.slice(0, SHOWN_BUCKETS).map((bucket) => {
      const left = `${Math.max(0, Math.floor(bucket.leastLeft))} of ${bucket.burst} left`;
      const refused = bucket.refused === 0 ? "" : `, ${bucket.refused} over it`;
      return `    ${bucket.service} ${bucket.name}: ${bucket.taken} calls, ${left}${refused}`;
    }),
  ];
}

const SHOWN_BUCKETS = 6;

const perTask = ({ calls, tasks }: Measured): number =>
  Object.values(calls).reduce((sum, count) => sum + count, 0) / tasks;

const percent = (one: number, other: number): string => `${((100 * one) / other).toFixed(0)} %`;
