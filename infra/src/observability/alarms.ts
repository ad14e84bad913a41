import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule/index.js";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target/index.js";
import {
  CloudwatchMetricAlarm,
  type CloudwatchMetricAlarmConfig,
} from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js";
import { fixedState, kebab } from "@muster/pipeline";
import { toldHere } from "../notifications/told-here.ts";
import type { StageScope } from "../stage-scope.ts";
import type { Stage } from "../stage-settings.ts";
import { createAlarmTopic, failedBuildsRule } from "./alarm-topic.ts";
import { metricNamespace } from "./metrics.ts";

const FIVE_MINUTES = 300;

/** Tells people what needs them: a failed build by name, everything else as an alarm that ends when its cause does. */
export function createAlarms(scope: StageScope, settings: NonNullable<Stage["alarms"]>): void {
  const { stack, pipeline, names } = scope;
  const topic = createAlarmTopic(scope, settings.emails);
  const alarm = (
    part: string,
    config: Omit<CloudwatchMetricAlarmConfig, "alarmName" | "alarmActions" | "okActions" | "treatMissingData">,
  ) =>
    new CloudwatchMetricAlarm(stack, `alarm_${part.replaceAll("-", "_")}`, {
      alarmName: names.of(part, 255),
      alarmActions: [topic.arn],
      okActions: [topic.arn],
      // No builds, no figures: that is no reason to wake anybody.
      treatMissingData: "notBreaching",
      ...config,
    });
  const above = (threshold: number) => ({
    comparisonOperator: "GreaterThanThreshold",
    threshold,
    evaluationPeriods: 1,
    period: FIVE_MINUTES,
  });

  announceFailedBuilds(scope, topic.arn);
  for (const activity of pipeline.activities) {
    alarm(`waiting-${kebab(activity.name)}`, {
      alarmDescription: `A task of ${activity.name} has been waiting for a worker for more than ${settings.waitingMinutes} minutes`,
      // Written down by each check while the task waits.
      namespace: metricNamespace(scope),
      metricName: "OldestWaitSeconds",
      dimensions: { Activity: activity.name },
      statistic: "Maximum",
      ...above(settings.waitingMinutes * 60),
      // A check comes a little more than five minutes after the one before: a period without one does not end the alarm.
      evaluationPeriods: 2,
      datapointsToAlarm: 1,
    });
  }
  alarm("health-check-failing", {
    alarmDescription: "HealthCheck fails: workers that die are not replaced by its ticks",
    namespace: "AWS/Lambda",
    metricName: "Errors",
    dimensions: { FunctionName: names.lambda(fixedState.healthCheck) },
    statistic: "Sum",
    ...above(0),
    evaluationPeriods: 3,
    datapointsToAlarm: 2,
  });
  alarm("repair-failing", {
    alarmDescription: "Repair fails: machines that are lost are noticed at the next health check only",
    namespace: "AWS/Lambda",
    metricName: "Errors",
    dimensions: { FunctionName: names.lambda("Repair") },
    statistic: "Sum",
    ...above(0),
    evaluationPeriods: 3,
    datapointsToAlarm: 2,
  });
  alarm("keep-page-failing", {
    alarmDescription: "KeepPage fails: builds that have ended have no page beside their records",
    namespace: "AWS/Lambda",
    metricName: "Errors",
    dimensions: { FunctionName: names.lambda("KeepPage") },
    statistic: "Sum",
    // Lambda calls it three times for an event: two may fail of a page that is kept in the end.
    ...above(2),
  });
  const own = (metricName: string) => ({ namespace: metricNamespace(scope), metricName, statistic: "Sum" });
  alarm("reaper-acting", {
    alarmDescription: "The reaper ended workers that never became ready or outlived their time",
    ...own("WorkersReaped"),
    ...above(0),
  });
  alarm("capacity-errors", {
    alarmDescription: "EC2 had too little capacity, or the account's quota is used up, in half an hour of launches",
    ...own("CapacityErrors"),
    ...above(5),
    period: 6 * FIVE_MINUTES,
  });
  if (toldHere(scope).length > 0) {
    alarm("ends-not-told", {
      alarmDescription: "Somebody whom the pipeline notifies could not be told that a build has ended, in three rounds",
      ...own("EndsNotTold"),
      ...above(0),
    });
    alarm("notify-failing", {
      alarmDescription: "Notify fails: nobody is told that builds have ended",
      namespace: "AWS/Lambda",
      metricName: "Errors",
      dimensions: { FunctionName: names.lambda("Notify") },
      statistic: "Sum",
      // Of an event's three rounds two may fail with somebody who is told later.
      ...above(2),
    });
  }
  alarm("tasks-without-worker", {
    alarmDescription: "Tasks were given up because no worker started for them",
    ...own("TasksWithoutWorker"),
    ...above(0),
  });
}

/** One message a build, which names it and says where to look. */
function announceFailedBuilds({ stack, stage, names }: StageScope, topicArn: string): void {
  const rule = new CloudwatchEventRule(stack, "BuildFailed", {
    name: failedBuildsRule(names),
    description: "A build has failed: tell people",
    eventPattern: JSON.stringify({
      source: ["aws.states"],
      "detail-type": ["Step Functions Execution Status Change"],
      detail: { stateMachineArn: [names.stateMachineArn], status: ["FAILED", "TIMED_OUT"] },
    }),
  });
  new CloudwatchEventTarget(stack, "BuildFailed_target", {
    rule: rule.name,
    targetId: "topic",
    arn: topicArn,
    inputTransformer: {
      inputPaths: { build: "$.detail.name", status: "$.detail.status" },
      inputTemplate: `"The build <build> on ${stage.name} has ended as <status>. See: muster results <build> --stage ${stage.name}"`,
    },
  });
}
