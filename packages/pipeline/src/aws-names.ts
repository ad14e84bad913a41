import { createHash } from "node:crypto";
import type { Activity } from "./activity.ts";
import type { Pipeline } from "./pipeline.ts";

/** `MakeBinaryPackage` → `make-binary-package`. */
export function kebab(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])|([A-Z])([A-Z][a-z])/g, "$1$3-$2$4").toLowerCase();
}

/** The longest name of an activity or a state machine. @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateActivity.html */
const LONGEST_NAME = 80;

/**
 * What a stage puts before names that would otherwise be the same on every stage of a pipeline: nothing on the stage that bears the pipeline's own
 * name and on this machine, `<stage>-` on any other.
 */
export function stagePrefix(stage: string, pipeline: Pick<Pipeline, "name">): string {
  return stage === pipeline.name || stage === "local" ? "" : `${stage}-`;
}

/**
 * The name of an activity's queue on AWS: `hhvm-make-binary-package` on the stage that bears the pipeline's own name, which is
 * what the seed had, and `<stage>-hhvm-make-binary-package` on any other. What is longer than AWS takes is cut, see `fitName`.
 */
export function awsName(
  stage: string,
  pipeline: Pick<Pipeline, "name">,
  part: string,
  longest: number = LONGEST_NAME,
): string {
  return fitName(`${stagePrefix(stage, pipeline)}${pipeline.name}-${kebab(part)}`, longest);
}

const DIGEST_LENGTH = 6;

/** A name of at most `longest` characters; a longer one is cut and ends in a digest of the whole, so that two of them stay two. */
export function fitName(name: string, longest: number): string {
  if (name.length <= longest) return name;
  const digest = createHash("sha256").update(name).digest("hex").slice(0, DIGEST_LENGTH);
  return `${name.slice(0, longest - DIGEST_LENGTH - 1).replace(/-+$/, "")}-${digest}`;
}

/** The longest name of a launch template. @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateLaunchTemplate.html */
const LONGEST_TEMPLATE_NAME = 128;

/** The launch template of an activity's workers. */
export const launchTemplateName = (stage: string, pipeline: Pick<Pipeline, "name">, activity: string): string =>
  awsName(stage, pipeline, activity, LONGEST_TEMPLATE_NAME);

/** What the log groups of a stage's workers, and no others, begin with. */
export const workerLogGroups = (stage: string, pipeline: Pick<Pipeline, "name">): string =>
  `/muster/${stage}/${pipeline.name}/`;

/** The log group of an activity's workers. */
export function workerLogGroup(
  stage: string,
  pipeline: Pick<Pipeline, "name">,
  { name }: Pick<Activity, "name">,
): string {
  return `${workerLogGroups(stage, pipeline)}${kebab(name)}`;
}

/** The log stream of a worker, in its activity's group. */
export const workerLogStream = (instanceId: string): string => `w_${instanceId}`;

/** The name under which a worker polls, so that histories tell which machine took a task. */
export const workerPollName = (instanceId: string): string => `ec2_${instanceId}`;

/** The instance that a history's `workerName` names; undefined for a worker that is none of ours. */
export function instanceOfPollName(workerName: string | undefined): string | undefined {
  return workerName?.startsWith("ec2_") ? workerName.slice(4) : undefined;
}
