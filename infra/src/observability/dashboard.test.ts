import { beforeAll, describe, expect, test } from "vitest";
import { evaluate, resourcesOf } from "../../testing/references.ts";
import { everything, stage } from "../../testing/sample-stages.ts";
import { type Resource, type SynthesisedStack, synthStage } from "../../testing/synth-stage.ts";
import { workerStates } from "./metrics.ts";

interface Widget {
  readonly properties: {
    readonly title: string;
    readonly region: string;
    readonly metrics: readonly (readonly (string | Readonly<Record<string, unknown>>)[])[];
  };
}

describe.each(["hhvm", "muster"])("on a stage of %s", (pipeline) => {
  let stack: SynthesisedStack;
  let widgets: readonly Widget[];
  /** Each with the dimensions that a filter gives it. */
  let made: Set<string>;
  const namespace = () => `Muster/test/${pipeline}`;
  beforeAll(async () => {
    stack = await synthStage(stage("test", everything(pipeline)));
    widgets = JSON.parse(
      evaluate(String(stack.resource.aws_cloudwatch_dashboard?.dashboard?.dashboard_body), stack),
    ).widgets;
    made = new Set(
      resourcesOf(stack, "aws_cloudwatch_log_metric_filter").map(([, { metric_transformation }]) => {
        const { name, dimensions = {} } = metric_transformation as Resource & { dimensions?: object };
        return [name, ...Object.keys(dimensions)].join(" ");
      }),
    );
  });

  test("each alarm looks at a metric that a filter makes, or that AWS does", () => {
    const own = resourcesOf(stack, "aws_cloudwatch_metric_alarm").filter(
      ([, alarm]) => alarm.namespace === namespace(),
    );
    expect(own.map(([name]) => name)).toContain("alarm_capacity_errors");
    for (const [name, { metric_name, dimensions = {} }] of own)
      expect(made, name).toContain([metric_name, ...Object.keys(dimensions as object)].join(" "));
  });

  test("each graph shows metrics that a filter makes, or that AWS does", () => {
    const own = widgets.flatMap(({ properties }) => properties.metrics).filter(([first]) => first === namespace());
    expect(own.length).toBeGreaterThan(0);
    for (const [, name, dimension] of own)
      expect(made).toContain([name, ...(typeof dimension === "string" ? [dimension] : [])].join(" "));
  });

  test("builds, durations, failures, queues, workers, launch errors and costs are on one page", () => {
    const shown = widgets.flatMap(({ properties }) => properties.metrics).map((metric) => metric.slice(0, 2).join(" "));
    for (const metric of [
      "ExecutionsStarted",
      "ExecutionTime",
      "ExecutionsFailed",
      "ActivityRunTime",
      "ExecutionsTimedOut",
      "ActivitiesFailed",
      "ActivitiesTimedOut",
      "ActivitiesHeartbeatTimedOut",
    ])
      expect(shown).toContain(`AWS/States ${metric}`);
    for (const metric of ["OldestWaitSeconds", "TasksPending", "LaunchErrors", "CapacityErrors"])
      expect(shown).toContain(`${namespace()} ${metric}`);
    for (const state of workerStates) expect(shown).toContain(`${namespace()} Workers-${state}`);
  });

  test("a task that is still waiting raises its activity's alarm", () => {
    const alarms = resourcesOf(stack, "aws_cloudwatch_metric_alarm").filter(([name]) =>
      name.startsWith("alarm_waiting_"),
    );
    expect(alarms.length).toBeGreaterThan(0);
    for (const [name, alarm] of alarms)
      expect(alarm, name).toMatchObject({
        namespace: namespace(),
        metric_name: "OldestWaitSeconds",
        threshold: 45 * 60,
        evaluation_periods: 2,
        datapoints_to_alarm: 1,
      });
    const filter = stack.resource.aws_cloudwatch_log_metric_filter?.metric_OldestWaitSeconds_HealthCheck;
    expect(filter).toMatchObject({
      pattern: '{ $.message = "repair" }',
      metric_transformation: { value: "$.oldestWaitSeconds" },
    });
  });

  test("no filter looks at one element of a list: what was refused first is not all that was refused", () => {
    for (const [name, { pattern }] of resourcesOf(stack, "aws_cloudwatch_log_metric_filter"))
      expect(pattern, name).not.toMatch(/\[\d+\]/);
  });

  test("an estimate of costs is called one, and AWS's own figures stand beside it", () => {
    const costs = widgets.filter(({ properties }) => properties.title.includes("US$"));
    expect(costs.map(({ properties }) => properties.title)).toEqual([
      expect.stringMatching(/^Estimate: .*without/),
      expect.stringContaining("billing alerts"),
    ]);
    expect(costs[1]?.properties.region).toBe("us-east-1");
    expect(costs[1]?.properties.metrics[0]?.slice(0, 4)).toEqual([
      "AWS/Billing",
      "EstimatedCharges",
      "Currency",
      "USD",
    ]);
  });
});
