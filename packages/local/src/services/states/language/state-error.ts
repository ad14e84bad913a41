/** How a state fails: the error name and cause that Retry, Catch and histories show. */
export interface Failure {
  readonly error: string | undefined;
  readonly cause: string | undefined;
  /** No retrier or catcher may take it: the execution fails. */
  readonly fatal?: boolean;
  /** A lost heartbeat is recorded as States.Timeout, but a rule for States.HeartbeatTimeout must match it too. */
  readonly heartbeat?: boolean;
}

/** Thrown while a state evaluates its fields; the interpreter turns it into the state's failure. */
export class StateError extends Error {
  override readonly name = "StateError";
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(`${failure.error}: ${failure.cause}`);
    this.failure = failure;
  }
}

/**
 * An error that nothing can catch. Its cause is completed with the state's name and event id where it is recorded.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
export class RuntimeError extends Error {
  override readonly name = "RuntimeError";
}
