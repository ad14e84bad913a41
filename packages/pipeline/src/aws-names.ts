import type { Activity } from "./activity.ts";
import type { Pipeline } from "./define-pipeline.ts";

/** `MakeBinaryPackage` → `make-binary-package`. */
export function kebab(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])|([A-Z])([A-Z][a-z])/g, "$1$3-$2$4").toLowerCase();
}

/**
 * The name of an activity's queue on AWS: `hhvm-make-binary-package` on the stage that bears the pipeline's own name, which is
 * what the seed had, and `<stage>-hhvm-make-binary-package` on any other.
 */
export function awsName(stage: string, pipeline: Pick<Pipeline, "name">, part: string): string {
  const prefix = stage === pipeline.name || stage === "local" ? pipeline.name : `${stage}-${pipeline.name}`;
  return `${prefix}-${kebab(part)}`;
}

/** The log group of an activity's workers. */
export function workerLogGroup(
  stage: string,
  pipeline: Pick<Pipeline, "name">,
  { name }: Pick<Activity, "name">,
): string {
  return `/muster/${stage}/${pipeline.name}/${kebab(name)}`;
}

/** The log stream of a worker, in its activity's group. */
export const workerLogStream = (instanceId: string): string => `w_${instanceId}`;

/** The name under which a worker polls, so that histories tell which machine took a task. */
export const workerPollName = (instanceId: string): string => `ec2_${instanceId}`;

/** The instance that a history's `workerName` names; undefined for a worker that is none of ours. */
export function instanceOfPollName(workerName: string | undefined): string | undefined {
  return workerName?.startsWith("ec2_") ? workerName.slice(4) : undefined;
}
