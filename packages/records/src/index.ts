export {
  describeFailure,
  failureText,
  isConditionFailed,
  isMissingObject,
  isMissingUpload,
  isOwnMistake,
  isThrottled,
  isUnanswered,
  isWriteConflict,
  statusOf,
  taskIsOver,
} from "./aws-failure.ts";
