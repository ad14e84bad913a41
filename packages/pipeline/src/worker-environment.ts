import * as z from "zod";

/** Where a script lies; `#sha256=…` is checked. */
export const ScriptUrl = z.string().regex(/^(s3|https|file):\/\//, "must be an s3://, https:// or file:// URL");

/** Seconds without a task after which a worker shuts down, where its environment says nothing else. */
export const USUAL_IDLE_SECONDS = 600;

/** The variables that are prepended to a worker's user data: all that an agent is told. */
export const WorkerEnvironment = z.object({
  ACTIVITY_ARN: z.string(),
  /** For tasks that name no script of their own. */
  SCRIPT_URL: ScriptUrl,
  INIT_URL: ScriptUrl.optional(),
  AFTER_TASK_URL: ScriptUrl.optional(),
  /** What tasks of fake and skip builds run instead of SCRIPT_URL. */
  DUMMY_SCRIPT_URL: ScriptUrl,
  /** The activity's name: `MakeBinaryPackage`. */
  ACTIVITY_NAME: z.string(),
  AWS_REGION: z.string(),
  LOG_GROUP: z.string(),
  STATE_BUCKET: z.string(),
  SCRATCH_BUCKET: z.string(),
  /** What the stage puts before the names of the definition's secrets; scripts too see it. */
  SECRET_PREFIX: z.string().optional(),
  /** The same for its image repositories. */
  IMAGE_PREFIX: z.string().optional(),
  /** And for the volumes that it attaches. */
  VOLUME_PREFIX: z.string().optional(),
  /** Seconds without a task after which a worker shuts down. Default 600. */
  IDLE_SECONDS: z.string().regex(/^\d+$/).optional(),
  /** Seconds after which a worker takes no further task. Default 24 h. */
  MAX_LIFETIME_SECONDS: z.string().regex(/^\d+$/).optional(),
});
export type WorkerEnvironment = z.infer<typeof WorkerEnvironment>;
