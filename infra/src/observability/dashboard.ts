import { CloudwatchDashboard } from "@cdktf/provider-aws/lib/cloudwatch-dashboard/index.js";
import { hourlyPrice } from "@muster/lambdas";
import { type Activity, fixedState } from "@muster/pipeline";
import type { StageScope } from "../stage-scope.ts";
import { metricNamespace, workerStates } from "./metrics.ts";

type Metric = readonly (string | object)[];

interface Widget {
  readonly type: "metric";
  readonly width: number;
  readonly height: number;
  readonly properties: object;
}

const FIVE_MINUTES = 300;
const HOUR = 3600;
const DAY = 86_400;

/** One page that says how the stage is doing: builds, their queues, their workers, what they cost. */
export function createDashboard(scope: StageScope): void {
  const { stack, names } = scope;
  new CloudwatchDashboard(stack, "dashboard", {
    dashboardName: names.of("Dashboard", 255),
    dashboardBody: JSON.stringify({ start: "-P7D", widgets: widgets(scope) }),
  });
}

function widgets(scope: StageScope): Widget[] {
  const { pipeline, names } = scope;
  const { activities } = pipeline;
  const own = metricNamespace(scope);
  const graph = graphOf(scope.stage.region);
  const ofBuilds = (metric: string, more: object): Metric => [
    "AWS/States",
    metric,
    "StateMachineArn",
    names.stateMachineArn,
    more,
  ];
  const ofQueue = (activity: Activity, metric: string, more: object = {}): Metric => [
    "AWS/States",
    metric,
    "ActivityArn",
    names.activityArn(activity),
    { label: activity.name, ...more },
  ];
  const ofWorkers = (activity: Activity, state: string, more: object): Metric => [
    own,
    `Workers-${state}`,
    "Activity",
    activity.name,
    more,
  ];
  return [
    graph("Builds a day", { period: DAY, stat: "Sum" }, [
      ofBuilds("ExecutionsStarted", { label: "started" }),
      ofBuilds("ExecutionsSucceeded", { label: "succeeded", color: "#2ca02c" }),
      ofBuilds("ExecutionsFailed", { label: "failed", color: "#d62728" }),
      ofBuilds("ExecutionsTimedOut", { label: "timed out", color: "#9467bd" }),
      ofBuilds("ExecutionsAborted", { label: "stopped", color: "#7f7f7f" }),
    ]),
    graph("How long builds take (ms)", { period: DAY, stat: "p50" }, [
      ofBuilds("ExecutionTime", { label: "median" }),
      ofBuilds("ExecutionTime", { label: "longest", stat: "Maximum" }),
    ]),
    graph(
      "How long tasks take (ms)",
      { period: DAY, stat: "p50" },
      activities.map((activity) => ofQueue(activity, "ActivityRunTime")),
    ),
    graph(
      "Failed tasks",
      { period: HOUR, stat: "Sum" },
      // What runs out of time counts as failed nowhere else. @see https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html
      activities.flatMap((activity) => [
        ofQueue(activity, "ActivitiesFailed"),
        ofQueue(activity, "ActivitiesTimedOut", { label: `${activity.name}: timed out` }),
        ofQueue(activity, "ActivitiesHeartbeatTimedOut", { label: `${activity.name}: no heartbeat` }),
      ]),
    ),
    graph(
      "Age of the queue: how long the oldest task has waited for a worker (s)",
      { period: FIVE_MINUTES, stat: "Maximum" },
      activities.map((activity) => [own, "OldestWaitSeconds", "Activity", activity.name]),
    ),
    graph(
      "How long tasks had waited when a worker took them (ms)",
      { period: FIVE_MINUTES, stat: "Maximum" },
      activities.map((activity) => ofQueue(activity, "ActivityScheduleTime")),
    ),
    graph(
      "Tasks without a worker",
      { period: FIVE_MINUTES, stat: "Maximum" },
      activities.map((activity) => [own, "TasksPending", "Activity", activity.name]),
    ),
    graph(
      "Workers by state",
      { period: FIVE_MINUTES, stat: "Maximum", view: "timeSeries", stacked: true },
      workerStates.flatMap((state) =>
        sumOver(activities, state, (activity, id) => ofWorkers(activity, state, { id, visible: false })),
      ),
    ),
    graph("Launches", { period: FIVE_MINUTES, stat: "Sum" }, [
      ...activities.map((activity): Metric => [own, "Launched", "Activity", activity.name, { label: activity.name }]),
      [own, "LaunchErrors", { label: "refused", color: "#d62728" }],
      [own, "CapacityErrors", { label: "no capacity", color: "#ff7f0e" }],
    ]),
    graph(
      "Estimate: workers at this moment's rate and on-demand prices, without volumes, storage, traffic (US$ a day)",
      { period: FIVE_MINUTES, stat: "Maximum" },
      costOf(activities, ofWorkers),
    ),
    accountCharges,
    graph("Errors of functions", { period: HOUR, stat: "Sum" }, [
      ...(["PrepareActivity", fixedState.healthCheck, "Repair", "Reap", fixedState.updateIndices] as const).map(
        (name): Metric => ["AWS/Lambda", "Errors", "FunctionName", names.lambda(name), { label: name }],
      ),
      [own, "WorkersReaped", { label: "reaped workers" }],
    ]),
  ];
}

function graphOf(region: string) {
  return (
    title: string,
    {
      view = "timeSeries",
      stacked = false,
      ...defaults
    }: { period: number; stat: string; view?: string; stacked?: boolean },
    metrics: readonly Metric[],
  ): Widget => ({
    type: "metric",
    width: 12,
    height: 6,
    properties: { title, view, stacked, region, ...defaults, metrics },
  });
}

/**
 * What AWS itself says, of everything in the account: since the month's first day, and what each day added. Billing has these figures in one region,
 * where the account has switched on billing alerts; without them the graph is empty.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/monitor_estimated_charges_with_cloudwatch.html
 */
const accountCharges: Widget = graphOf("us-east-1")(
  "The whole account's charges, where billing alerts are on (US$)",
  { period: DAY, stat: "Maximum" },
  [
    ["AWS/Billing", "EstimatedCharges", "Currency", "USD", { id: "charges", label: "this month so far" }],
    // At the month's end the figure starts anew.
    [{ expression: "IF(DIFF(charges) >= 0, DIFF(charges), charges)", label: "a day", id: "daily" }],
  ],
);

/** The sum of one state over all activities, with the metrics that it is made of. */
function sumOver(
  activities: readonly Activity[],
  state: string,
  metric: (activity: Activity, id: string) => Metric,
): Metric[] {
  const ids = activities.map((_, index) => `${state}${index}`);
  return [
    ...activities.map((activity, index) => metric(activity, ids[index] as string)),
    [{ expression: ids.map((id) => `FILL(${id}, 0)`).join(" + "), label: state, id: `${state}_all` }],
  ];
}

/** Workers that run, at the price of the type that their activity prefers: what a day like this moment costs. */
function costOf(
  activities: readonly Activity[],
  metric: (activity: Activity, state: string, more: object) => Metric,
): Metric[] {
  const running = ["booting", "idle", "active", "stopping"];
  return activities.flatMap((activity, index): Metric[] => {
    const ids = running.map((state) => `c${index}${state}`);
    const aDay = Math.round(hourlyPrice(activity.worker.instanceTypes[0]) * 24 * 100) / 100;
    const count = ids.map((id) => `FILL(${id}, 0)`).join(" + ");
    return [
      ...running.map((state, at) => metric(activity, state, { id: ids[at] as string, visible: false })),
      [{ expression: `(${count}) * ${aDay}`, label: activity.name, id: `c${index}` }],
    ];
  });
}
