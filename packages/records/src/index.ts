export {
  isConditionFailed,
  isMissingObject,
  isMissingUpload,
  isWriteConflict,
  taskIsOver,
} from "./aws-failure.ts";
