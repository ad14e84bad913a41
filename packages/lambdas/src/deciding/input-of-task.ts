import {
  type BuildInput,
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
    ...(scripts === undefined ? {} : { scripts }),
    ...(templateVersion === undefined ? {} : { templateVersion }),
    env: taskEnvironment(pipeline, task, { build, buckets: stage.buckets, restore, again }),
  };
}
