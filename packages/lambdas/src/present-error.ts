import { InvalidConfigurationError, MusterError } from "@muster/pipeline";

/** What AWS answers when the stage is set up wrongly; waiting does not help. */
const CONFIGURATION_ERRORS = new Set([
  "AccessDenied",
  "AccessDeniedException",
  "UnauthorizedOperation",
  "NoSuchBucket",
  "NoSuchDistribution",
  "StateMachineDoesNotExist",
  "ActivityDoesNotExist",
]);

/**
 * The error that leaves a function: `name` becomes Lambda's errorType, the message says what to do, and the stack is one line, because
 * Lambda stores it in the cause and causes share an execution's 256 KiB.
 */
export function presentError(thrown: unknown): Error {
  const error = asMusterError(thrown);
  const message = error instanceof MusterError && error.hint ? `${error.message} (${error.hint})` : error.message;
  const presented = new Error(message);
  presented.name = error.name;
  presented.stack = error.name;
  return presented;
}

function asMusterError(thrown: unknown): Error {
  if (!(thrown instanceof Error)) return new Error(String(thrown));
  if (CONFIGURATION_ERRORS.has(thrown.name)) {
    return new InvalidConfigurationError(`${thrown.name}: ${thrown.message}`, {
      hint: "compare the stage's deployment with its description",
      cause: thrown,
    });
  }
  return thrown;
}
