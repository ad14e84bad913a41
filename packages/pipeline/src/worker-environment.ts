import * as z from "zod";

const url = z.string().regex(/^(s3|https|file):\/\//, "must be an s3://, https:// or file:// URL");

/** The variables that are prepended to a worker's user data: all that an agent is told. */
export const WorkerEnvironment = z.object({
  ACTIVITY_ARN: z.string(),
  SCRIPT_URL: url,
  INIT_URL: url.optional(),
  AFTER_TASK_URL: url.optional(),
  /** What tasks of fake and skip builds run instead of SCRIPT_URL. */
  DUMMY_SCRIPT_URL: url,
  /** The activity's name: `MakeBinaryPackage`. */
  ACTIVITY_NAME: z.string(),
  AWS_REGION: z.string(),
  LOG_GROUP: z.string(),
  STATE_BUCKET: z.string(),
  SCRATCH_BUCKET: z.string(),
  /** Seconds without a task after which a worker shuts down. Default 600. */
  IDLE_SECONDS: z.string().regex(/^\d+$/).optional(),
  /** Seconds after which a worker takes no further task. Default 24 h. */
  MAX_LIFETIME_SECONDS: z.string().regex(/^\d+$/).optional(),
});
export type WorkerEnvironment = z.infer<typeof WorkerEnvironment>;
