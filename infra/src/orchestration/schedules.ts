import { SchedulerSchedule } from "@cdktf/provider-aws/lib/scheduler-schedule/index.js";
import { SchedulerScheduleGroup } from "@cdktf/provider-aws/lib/scheduler-schedule-group/index.js";
import { allow } from "../iam/policy.ts";
import { createRole } from "../iam/role.ts";
import type { StageScope } from "../stage-scope.ts";
import { checkSchedules } from "./check-schedules.ts";
import type { StageFunction } from "./functions.ts";
import type { StateMachineParts } from "./state-machine.ts";

/** How often machines that nobody will miss are looked for. */
const REAP_EVERY = "rate(10 minutes)";

/** The reaper, always; builds at the times that the stage names. */
export function createSchedules(
  scope: StageScope,
  { reap, machine }: { reap: StageFunction; machine: StateMachineParts },
): void {
  const { stack, stage, names } = scope;
  checkSchedules(scope);
  const group = new SchedulerScheduleGroup(stack, "schedules", { name: names.of("Schedules", 64) });
  const { role } = createRole(scope, "scheduler", {
    name: names.of("Scheduler"),
    description: "Starts scheduled builds and the reaper",
    service: "scheduler.amazonaws.com",
    onlyThisAccount: true,
    statements: [
      allow("Reap", ["lambda:InvokeFunction"], [reap.alias.arn]),
      ...(stage.schedules.length > 0
        ? // Who starts an alias is asked for the state machine. @see https://docs.aws.amazon.com/step-functions/latest/dg/auth-version-alias.html
          [allow("StartBuilds", ["states:StartExecution"], [names.stateMachineArn])]
        : []),
    ],
  });
  const exactly = { flexibleTimeWindow: { mode: "OFF" }, groupName: group.name, state: "ENABLED" };
  new SchedulerSchedule(stack, "schedule_reap", {
    ...exactly,
    name: "reap",
    description: "Ends machines that nobody will miss",
    scheduleExpression: REAP_EVERY,
    target: {
      arn: reap.alias.arn,
      roleArn: role.arn,
      input: JSON.stringify({ scheduled: true }),
      // The next one comes soon.
      retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 300 },
    },
  });
  for (const { name, expression, timeZone, input } of stage.schedules) {
    new SchedulerSchedule(stack, `schedule_build_${name}`, {
      ...exactly,
      name: `build-${name}`,
      description: `muster build${input === "" ? "" : ` ${input}`}`,
      scheduleExpression: expression,
      scheduleExpressionTimezone: timeZone,
      target: {
        arn: machine.alias.arn,
        roleArn: role.arn,
        input: JSON.stringify(input === "" ? {} : { inputs: input }),
        retryPolicy: { maximumRetryAttempts: 10, maximumEventAgeInSeconds: 3600 },
      },
    });
  }
}
