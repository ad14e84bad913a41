import { CloudwatchLogMetricFilter } from "@cdktf/provider-aws/lib/cloudwatch-log-metric-filter/index.js";
import { type FunctionName, fixedState } from "@muster/pipeline";
import type { StageFunction } from "../orchestration/functions.ts";
import type { StageScope } from "../stage-scope.ts";

/** Where this stage's own metrics are: one namespace a stage, so that stages do not add up. */
export const metricNamespace = ({ stage, pipeline }: Pick<StageScope, "stage" | "pipeline">): string =>
  `Muster/${stage.name}/${pipeline.name}`;

/** Functions that count workers and launch. */
const REPAIRERS = ["PrepareActivity", fixedState.healthCheck, "Repair"] as const satisfies readonly FunctionName[];

/** States that a line "repair" counts workers by. */
export const workerStates = ["requested", "booting", "idle", "active", "stopping"] as const;

interface Measure {
  readonly from: readonly FunctionName[];
  readonly pattern: string;
  readonly value: string;
  readonly perActivity?: boolean;
}

/** What functions say in their logs, by the metric it becomes. Constant messages make it findable: see `log` in packages/lambdas. */
const measures: Readonly<Record<string, Measure>> = {
  ...Object.fromEntries(
    workerStates.map((state) => [
      `Workers-${state}`,
      { from: REPAIRERS, pattern: '{ $.message = "repair" }', value: `$.${state}`, perActivity: true },
    ]),
  ),
  // Step Functions itself tells of a wait when it is over. @see https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html
  OldestWaitSeconds: {
    from: REPAIRERS,
    pattern: '{ $.message = "repair" }',
    value: "$.oldestWaitSeconds",
    perActivity: true,
  },
  TasksPending: { from: REPAIRERS, pattern: '{ $.message = "repair" }', value: "$.pending", perActivity: true },
  Launched: { from: REPAIRERS, pattern: '{ $.message = "launch" }', value: "$.launched", perActivity: true },
  LaunchErrors: { from: REPAIRERS, pattern: '{ ($.message = "launch") && ($.refusals > 0) }', value: "1" },
  CapacityErrors: {
    from: REPAIRERS,
    pattern: '{ ($.message = "launch") && ($.outOfCapacity > 0) }',
    value: "1",
  },
  TasksWithoutWorker: { from: REPAIRERS, pattern: '{ $.message = "task failed for want of a worker" }', value: "1" },
  EndsNotTold: { from: ["Notify"], pattern: '{ $.message = "build end not told" }', value: "1" },
  WorkersReaped: { from: ["Reap"], pattern: '{ $.message = "workers terminated" }', value: "1" },
};

/** Makes metrics of what the functions write down anyway: nothing calls CloudWatch while a build waits. */
export function createMetrics(scope: StageScope, functions: Readonly<Record<FunctionName, StageFunction>>): void {
  for (const [metric, { from, pattern, value, perActivity }] of Object.entries(measures)) {
    for (const name of from) {
      const id = `metric_${metric.replace("-", "_")}_${name}`;
      new CloudwatchLogMetricFilter(scope.stack, id, {
        name: `${metric}`,
        logGroupName: functions[name].logGroup.name,
        pattern,
        metricTransformation: {
          name: metric,
          namespace: metricNamespace(scope),
          value,
          // A metric by activity has no default: there is no activity to give it to.
          ...(perActivity ? { dimensions: { Activity: "$.activity" } } : { defaultValue: "0" }),
        },
      });
    }
  }
}
