import { type DebugMode, type Pipeline, Place, type TaskInput, taskName } from "@muster/pipeline";

/** What tests say of a task; the rest is as PrepareActivity would have it. */
export interface PublishedTask {
  readonly activity: string;
  /** Default 1.2.3. */
  readonly version?: string;
  readonly platform?: string;
  readonly debug?: DebugMode;
  readonly templateVersion?: string;
}

export function publishedTask(
  { activity, version = "1.2.3", platform, debug = "", templateVersion }: PublishedTask,
  { pipeline, execution }: { pipeline: Pipeline; execution: string },
): TaskInput {
  const { timeout = 60, heartbeat = 30, per } = pipeline.activities.find(({ name }) => name === activity) ?? {};
  const place = Place.parse(per === "build" ? { per } : { version, platform });
  return {
    name: taskName(activity, place),
    activity,
    ...place,
    execution,
    debug,
    timeoutSeconds: timeout,
    heartbeatSeconds: heartbeat,
    ...(templateVersion === undefined ? {} : { templateVersion }),
    env: {},
  };
}
