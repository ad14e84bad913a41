/**
 * An error a person is meant to read: one line that names the thing, and a hint that says what to do.
 * Subclasses set `name`; it travels as Lambda's errorType and is what `ErrorEquals` matches.
 */
export class MusterError extends Error {
  override readonly name: string = "Muster.Error";
  readonly hint: string | undefined;

  constructor(message: string, { hint, cause }: { hint?: string | undefined; cause?: unknown } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.hint = hint;
  }
}

/** Input that cannot be understood, and will not be on a retry. */
export class InvalidInputError extends MusterError {
  override readonly name = "Muster.InvalidInput";
}

/** Something is set up wrongly: permissions, a launch template, a missing bucket. Never retried. */
export class InvalidConfigurationError extends MusterError {
  override readonly name = "Muster.InvalidConfiguration";
}

/** The names under which failures travel through the state machine, and which its retriers match. */
export const ErrorName = {
  invalidInput: "Muster.InvalidInput",
  invalidConfiguration: "Muster.InvalidConfiguration",
  rejected: "Muster.Rejected",
  notApproved: "Muster.NotApproved",
  noWorkerStarted: "Muster.NoWorkerStarted",
  requeued: "Muster.Requeued",
  workerInterrupted: "Muster.WorkerInterrupted",
  testBuildNoRetry: "TestBuildNoRetry",
  scriptFailed: "Muster.ScriptFailed",
  scriptKilled: "Muster.ScriptKilled",
  scriptTimedOut: "Muster.ScriptTimedOut",
  scriptUnavailable: "Muster.ScriptUnavailable",
  logIdle: "Muster.LogIdle",
  initFailed: "Muster.InitFailed",
} as const;
