import * as z from "zod";
import { DebugMode } from "./build-input.ts";
import { Place, placeWords } from "./place.ts";
import { shellText } from "./shell-text.ts";
import { ScriptUrl } from "./worker-environment.ts";

/**
 * `<Activity>-<version>[-<platform>]`: `MakeBinaryPackage-4.28.2-ubuntu-18.04-bionic`; the activity alone where a build
 * has one task of it.
 */
export function taskName(activity: string, place: Place): string {
  return [activity, ...placeWords(place)].join("-");
}

/** What runs for a task, whatever was deployed when its worker was launched. */
export const TaskScripts = z.object({
  script: ScriptUrl,
  afterTask: ScriptUrl.optional(),
  /** Instead of both, where the build takes a version back; in a state machine's definition alone. */
  withdraw: ScriptUrl.optional(),
});
export type TaskScripts = z.infer<typeof TaskScripts>;

/** A task's variables, wherever `publishedTask` has put them. */
const readVariables = (data: unknown): unknown => {
  if (typeof data !== "object" || data === null || !("variables" in data)) return data;
  return { ...data, env: data.variables };
};

/** What PrepareActivity writes and a worker receives: the input of an activity's task. */
export const TaskInput = z.preprocess(
  readVariables,
  z.intersection(
    Place,
    z.object({
      name: z.string(),
      activity: z.string(),
      /** The ARN of the execution that the task belongs to. */
      execution: z.string(),
      debug: DebugMode,
      keepFailed: z.literal(true).optional(),
      timeoutSeconds: z.number(),
      heartbeatSeconds: z.number(),
      /** See ActivityDefinition.logIdleTimeout. */
      logIdleSeconds: z.number().optional(),
      /** The activity may run one task at a time: the worker takes its lease first. */
      exclusive: z.literal(true).optional(),
      /** Those that were deployed when the build began; the worker's own where absent. */
      scripts: TaskScripts.optional(),
      /** Of its workers' launch template, when the build began; the latest where absent. */
      templateVersion: z.string().optional(),
      /** The script's environment, the standard variables included. */
      env: z.record(z.string(), z.string()),
    }),
  ),
);
export type TaskInput = z.infer<typeof TaskInput>;

/**
 * A task as it is published. Those of a `skip_ec2` build wait for whoever takes them by hand, be it a worker of the system that Muster
 * replaces, which sources `env`: there it is shell text, and `variables` holds the same.
 */
export function publishedTask(task: TaskInput): object {
  if (task.debug !== "skip_ec2") return task;
  const { env, ...rest } = task;
  return { ...rest, env: shellText(env), variables: env };
}

/** What a worker reports of a task that succeeded; stored as `$.results.<Step>.success`. */
export const TaskSuccess = z.looseObject({
  ec2: z.string(),
  /** Elapsed whole seconds, as the seed wrote them: text. */
  time_sec: z.string(),
  /** One line for reports, from the script's MUSTER_RESULT. */
  note: z.string().optional(),
});
export type TaskSuccess = z.infer<typeof TaskSuccess>;

/** The cause, as JSON of at most 256 bytes, of a failure that a worker reports. */
export const TaskFailureCause = z.looseObject({
  ec2: z.string(),
  time_sec: z.string(),
  /** The script's exit code, or the signal that ended it. */
  exit: z.union([z.number(), z.string()]).optional(),
  message: z.string().optional(),
  /** The line of the script's log that tells most of why, without secrets. */
  line: z.string().optional(),
});
export type TaskFailureCause = z.infer<typeof TaskFailureCause>;

/** Causes stored in results are at most this long, so that an execution's state stays within 256 KiB. */
export const MAX_CAUSE_BYTES = 256;
