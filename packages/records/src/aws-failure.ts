/** What a failed call to AWS means for the one who called. */

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
