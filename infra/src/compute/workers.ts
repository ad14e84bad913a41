import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group/index.js";
import type { LaunchTemplate } from "@cdktf/provider-aws/lib/launch-template/index.js";
import { SfnActivity } from "@cdktf/provider-aws/lib/sfn-activity/index.js";
import { type Activity, scriptKey, type TaskScripts, workerLogGroup } from "@muster/pipeline";
import { createRole } from "../iam/role.ts";
import type { StageScope } from "../stage-scope.ts";
import { createLaunchTemplate, type LaunchTemplateOptions } from "./launch-template.ts";
import { workerStatements } from "./worker-permissions.ts";

/** What one activity has on AWS. */
export interface WorkerParts {
  readonly activity: Activity;
  readonly queue: SfnActivity;
  readonly logGroup: CloudwatchLogGroup;
  readonly roleArn: string;
  readonly launchTemplate: LaunchTemplate;
  readonly scripts: TaskScripts;
}

/** Queue, role, log group and launch template of each activity, in the pipeline's order. */
export function createWorkers(
  scope: StageScope,
  options: Omit<LaunchTemplateOptions, "role" | "logGroup">,
): WorkerParts[] {
  const { stack, stage, pipeline, names } = scope;
  return pipeline.activities.map((activity) => {
    const { name } = activity;
    const queue = new SfnActivity(stack, `${name}_queue`, { name: names.of(name, 80) });
    const logGroup = new CloudwatchLogGroup(stack, `${name}_log`, {
      name: workerLogGroup(stage.name, pipeline, activity),
      retentionInDays: stage.retention.logDays,
    });
    const { role } = createRole(scope, `${name}_worker`, {
      name: names.workerRole(activity),
      path: names.workerRolePath,
      description: `Workers of ${name}`,
      service: "ec2.amazonaws.com",
      statements: workerStatements(activity, scope),
    });
    const launchTemplate = createLaunchTemplate(scope, activity, { ...options, role, logGroup });
    const script = (path: string) => options.assets.url(options.scriptFile(path), scriptKey(path));
    const scripts = {
      script: script(activity.script),
      ...(activity.afterTask !== undefined && { afterTask: script(activity.afterTask) }),
      ...(activity.withdraw?.kind === "script" && { withdraw: script(activity.withdraw.script) }),
    };
    return { activity, queue, logGroup, roleArn: role.arn, launchTemplate, scripts };
  });
}
