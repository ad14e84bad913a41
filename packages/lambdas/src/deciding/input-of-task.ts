import {
  type BuildInput,
  InvalidConfigurationError,
  type Pipeline,
  placeOf,
  type S3Object,
  type StageDescription,
  type Task,
  type TaskInput,
  type TaskScripts,
  taskEnvironment,
  taskName,
} from "@muster/pipeline";

export interface TaskOfBuild {
  readonly build: BuildInput;
  /** The ARN of the execution. */
  readonly execution: string;
  /** Those that were deployed when the build began. */
  readonly scripts?: TaskScripts | undefined;
  readonly pipeline: Pipeline;
  readonly stage: Pick<StageDescription, "buckets" | "launchTemplateVersions">;
  /** What the task takes from where it was published. */
  readonly restore?: readonly S3Object[] | undefined;
  /** It is made again. */
  readonly again?: true | undefined;
}

/** What a worker gets for a task of a build. */
export function inputOfTask(
  task: Task,
  { build, execution, scripts, pipeline, stage, restore, again }: TaskOfBuild,
): TaskInput {
  const { activity, subject } = task;
  const templateVersion = stage.launchTemplateVersions?.[activity.name];
  return {
    name: taskName(activity.name, subject),
    activity: activity.name,
    ...placeOf(subject),
    execution,
    debug: build.debug,
    ...(build.keepFailed ? { keepFailed: true } : {}),
    timeoutSeconds: activity.timeout,
    heartbeatSeconds: activity.heartbeat,
    ...(activity.logIdleTimeout === undefined ? {} : { logIdleSeconds: activity.logIdleTimeout }),
    ...(activity.exclusive ? { exclusive: true } : {}),
    ...scriptsFor(activity.name, build, scripts),
    ...(templateVersion === undefined ? {} : { templateVersion }),
    env: taskEnvironment(pipeline, task, { build, buckets: stage.buckets, restore, again }),
  };
}

/**
 * Workers of a withdrawal run another script than those of a build, and have nothing to do after it.
 * @throws InvalidConfigurationError where the state machine names none: its worker's own would publish
 */
function scriptsFor(
  activity: string,
  { withdraw }: BuildInput,
  scripts: TaskScripts | undefined,
): Pick<TaskInput, "scripts"> {
  if (withdraw === undefined) return scripts === undefined ? {} : { scripts: named(scripts) };
  if (scripts?.withdraw !== undefined) return { scripts: { script: scripts.withdraw } };
  throw new InvalidConfigurationError(`the state machine names no script by which ${activity} is taken back`, {
    hint: "deploy state machine and functions from the same pipeline",
  });
}

const named = ({ script, afterTask }: TaskScripts): TaskScripts => ({
  script,
  ...(afterTask !== undefined && { afterTask }),
});
