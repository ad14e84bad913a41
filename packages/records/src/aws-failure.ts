import { isThrottlingError, isTransientError } from "@smithy/core/retry";

/**
 * What a failed call to AWS means for the one who called. Only what AWS documents as the caller's own mistake is for good; whatever else it was may be
 * over at the next try, and a look that failed has not seen that something is not there.
 */

/** What an error of the SDK's may carry; a service's own has `$fault`, whatever else went wrong has not. */
interface CallError extends Error {
  readonly $fault?: "client" | "server";
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly statusCode?: number };
  readonly code?: string;
}

/** The service asks for patience: the call has had no effect, and will be heard later. As the SDK classes it. */
export function isThrottled(error: unknown): boolean {
  return error instanceof Error && isThrottlingError(error as Parameters<typeof isThrottlingError>[0]);
}

/**
 * Nobody who knows has answered: the service failed by itself (5xx), something else answered in its place, or the connection brought nothing. Whether
 * the call took effect is open. Credentials that could not be had belong here too.
 */
export function isUnanswered(error: unknown): boolean {
  if (!(error instanceof Error)) return true;
  if (!("$fault" in error)) return true;
  return (statusOf(error) ?? 0) >= 500 || isTransientError(error as Parameters<typeof isTransientError>[0]);
}

/**
 * What AWS documents for every service as a matter of the caller's permissions or account, and those errors of the services used here that name
 * something a stage was deployed with and that is not there. Credentials that have expired and clocks that are wrong are left out: they pass.
 * @see https://docs.aws.amazon.com/lambda/latest/api/CommonErrors.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
const OWN_MISTAKES = new Set([
  "AccessDenied",
  "AccessDeniedException",
  "AllAccessDisabled",
  "NotAuthorized",
  "OptInRequired",
  "UnauthorizedOperation",
  // S3
  "InvalidBucketName",
  "NoSuchBucket",
  // CloudFront
  "NoSuchDistribution",
  // Step Functions
  "ActivityDoesNotExist",
  "StateMachineDoesNotExist",
]);

/** Whether waiting is no use, because AWS itself says that the caller asks for what it may not have or what was never deployed. */
export function isOwnMistake(error: unknown): boolean {
  return error instanceof Error && OWN_MISTAKES.has(error.name) && (statusOf(error) ?? 400) < 500;
}

/** Names that the SDK gives where the answer held none. */
const NO_NAME = new Set(["Error", "SyntaxError", "TypeError", "TimeoutError", "Unknown", "UnknownError"]);

/** A failed call in one line for people. */
export function failureText(error: unknown): string {
  const { code, message } = describeFailure(error);
  const line = message.split("\n", 1)[0] ?? "";
  return line.includes(code) ? line : `${code}: ${line}`;
}

/** A failed call in words for people: AWS's code or the connection's, else the status of whatever answered. */
export function describeFailure(error: unknown): { code: string; message: string } {
  if (!(error instanceof Error)) return { code: "Unknown", message: String(error) };
  const { name, message } = error;
  const status = statusOf(error);
  if (!NO_NAME.has(name)) return { code: name, message };
  const code = connectionCodeOf(error);
  if (code !== undefined) return { code, message };
  if (status === undefined) return { code: name, message };
  const answered = "$fault" in error ? "answered without saying why" : "answered what is not AWS's";
  return { code: `HTTP ${status}`, message: answered };
}

/** Of the answer, also where it could not be understood. */
export function statusOf(error: unknown): number | undefined {
  const { $metadata, $response } = error as Partial<CallError>;
  return $metadata?.httpStatusCode ?? $response?.statusCode;
}

function connectionCodeOf(error: Error): string | undefined {
  const { code } = error as CallError;
  if (typeof code === "string") return code;
  return error.cause instanceof Error ? connectionCodeOf(error.cause) : undefined;
}

/** The token's task has ended, by whoever: there is nothing left to say about it. */
const TASK_IS_OVER = new Set(["TaskTimedOut", "TaskDoesNotExist", "InvalidToken"]);

/** @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskHeartbeat.html */
export function taskIsOver(error: unknown): boolean {
  return error instanceof Error && TASK_IS_OVER.has(error.name);
}

/** Whether S3 refused a conditional write because the object is not what the writer believed. */
export function isConditionFailed(error: unknown): boolean {
  return hasName(error, ["PreconditionFailed"]);
}

/** Whether S3 refused a conditional write because another was under way, and says nothing of the condition. */
export function isWriteConflict(error: unknown): boolean {
  return hasName(error, ["ConditionalRequestConflict"]);
}

/** Whether an upload in parts has been completed, or given up. */
export function isMissingUpload(error: unknown): boolean {
  return hasName(error, ["NoSuchUpload"]);
}

export function isMissingObject(error: unknown): boolean {
  return hasName(error, ["NoSuchKey", "NotFound"]);
}

function hasName(error: unknown, names: readonly string[]): boolean {
  return error instanceof Error && names.includes(error.name);
}
