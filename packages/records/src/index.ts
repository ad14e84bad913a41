export {
  isConditionFailed,
  isMissingObject,
  isMissingUpload,
  isWriteConflict,
  taskIsOver,
} from "./aws-failure.ts";
export { type ConditionalWrite, type WriteCondition, writeOnCondition } from "./conditional-write.ts";
export { type LeaseOptions, leaseTaker, releaseLease, renewLease, type StoredLease, type Taking } from "./lease.ts";
export {
  deleteObject,
  type ObjectPlace,
  type ObjectToPut,
  objectEtag,
  putJson,
  putObject,
  readBytes,
  readText,
  type StoredText,
} from "./objects.ts";
export { stateFolder, stateKey } from "./state-key.ts";
export { type StateRecords, type StoredRecord, stateRecords } from "./state-records.ts";
export { UnknownOutcomeError } from "./unknown-outcome-error.ts";
export { WorkerTag } from "./worker-tag.ts";
