import { InvalidConfigurationError, MusterError } from "@muster/pipeline";
import { failureText, isOwnMistake, isUnanswered, statusOf } from "@muster/records";

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
  if (thrown instanceof MusterError) return thrown;
  if (isOwnMistake(thrown)) {
    return new InvalidConfigurationError(`${thrown.name}: ${thrown.message}`, {
      hint: "compare the stage's deployment with its description",
      cause: thrown,
    });
  }
  return told(thrown);
}

/** What the SDK knows of no name and no message is told by what answered: `HTTP 503`, `ECONNRESET`. */
function told(thrown: Error): Error {
  if (!isUnanswered(thrown) || statusOf(thrown) === undefined) return thrown;
  const error = new Error(failureText(thrown), { cause: thrown });
  error.name = thrown.name;
  return error;
}
