import { type Activity, TaskInput, WorkerEnvironment } from "@muster/pipeline";
import { MASK } from "@muster/worker-agent";
import type { FoundAttempt } from "./find-attempt.ts";
import { type PinnedFile, pinnedUrl } from "./pinned-file.ts";

/** The house's word for a dry run: scripts that send something elsewhere leave that out where it is set. */
export const DRY_RUN = "SKIP_PUBLISH";

/** What a script had, as far as it can be had again. */
export interface TaskToRepeat {
  readonly input: TaskInput;
  readonly worker: WorkerEnvironment;
  /** Variables whose values are secret and of which the record keeps the names alone. */
  readonly missing: readonly string[];
}

export interface RepeatOptions {
  /** As the pipeline has it now; undefined where it has it no more. */
  readonly activity: Activity | undefined;
  readonly script: PinnedFile;
  readonly init: PinnedFile | undefined;
  readonly buckets: { readonly scratch: string; readonly state: string };
  readonly logGroup: string;
  /** Nothing is sent elsewhere. */
  readonly dry: boolean;
}

/** Puts together from an attempt what an agent is given to do it again. */
export function taskToRepeat({ record, input }: FoundAttempt, options: RepeatOptions): TaskToRepeat {
  const { activity, script, init, dry } = options;
  const of = input?.env ?? variablesOfTask(record.environment);
  const known = Object.entries(of).filter(([, value]) => !value.includes(MASK));
  const missing = Object.keys(of).filter((name) => of[name]?.includes(MASK));
  const env = { ...Object.fromEntries(known), ...(dry && { [DRY_RUN]: "1" }) };
  const { task: name, activity: of_, execution, debug, timeoutSeconds, heartbeatSeconds, place } = record;
  const recorded = {
    ...place,
    name,
    activity: of_,
    ...{ execution, debug, timeoutSeconds, heartbeatSeconds },
    ...(activity?.exclusive && { exclusive: true as const }),
    ...(activity?.logIdleTimeout !== undefined && { logIdleSeconds: activity.logIdleTimeout }),
    env,
  };
  // No machine is kept here, and what ends a task ends nothing of a build's.
  const published = { ...recorded, ...input, keepFailed: undefined };
  return {
    input: TaskInput.parse({ ...published, env, scripts: { script: pinnedUrl(script) } }),
    worker: workerOf(record, options, init),
    missing,
  };
}

function workerOf(
  { activity, activityArn, environment }: FoundAttempt["record"],
  { script, buckets, logGroup }: RepeatOptions,
  init: PinnedFile | undefined,
): WorkerEnvironment {
  const { AWS_REGION = "us-west-2", SECRET_PREFIX, IMAGE_PREFIX, VOLUME_PREFIX } = environment;
  return WorkerEnvironment.parse({
    ACTIVITY_ARN: activityArn,
    ACTIVITY_NAME: activity,
    SCRIPT_URL: pinnedUrl(script),
    // Of a fake build it is what its tasks ran.
    DUMMY_SCRIPT_URL: pinnedUrl(script),
    ...(init !== undefined && { INIT_URL: pinnedUrl(init) }),
    AWS_REGION,
    LOG_GROUP: logGroup,
    STATE_BUCKET: buckets.state,
    SCRATCH_BUCKET: buckets.scratch,
    ...(SECRET_PREFIX !== undefined && { SECRET_PREFIX }),
    ...(IMAGE_PREFIX !== undefined && { IMAGE_PREFIX }),
    ...(VOLUME_PREFIX !== undefined && { VOLUME_PREFIX }),
  });
}

/** What the agent gives each script by itself: the machine's, the task's place, and where AWS is. */
const OF_THE_WORKER = /^(AWS_.*|MUSTER_.*|PATH|HOME|LANG|TMPDIR|SECRET_PREFIX|IMAGE_PREFIX|VOLUME_PREFIX)$/;

function variablesOfTask(environment: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !OF_THE_WORKER.test(name)));
}

/** What its script may ask for that is not here: secrets and keys, by their names, as far as the definition says it. */
export function secretsOf(activity: Activity | undefined): string[] {
  return (activity?.secrets ?? []).map((secret) =>
    secret.kind === "kms-key" ? `the KMS key ${secret.alias}` : `the secret ${secret.name}`,
  );
}
