export {
  type Access,
  type Activity,
  type ActivityDefinition,
  activity,
  type Decision,
  type Question,
  type Secret,
  type Subject,
  type VersionSubject,
  type WorkerMachine,
} from "./activity.ts";
export {
  awsName,
  fitName,
  instanceOfPollName,
  kebab,
  launchTemplateName,
  stagePrefix,
  workerLogGroup,
  workerLogGroups,
  workerLogStream,
  workerPollName,
} from "./aws-names.ts";
export { BuildInput, buildOptions, DebugMode, parseBuildInput, wordsOf } from "./build-input.ts";
export { checkScripts, InvalidPipelineError } from "./check-pipeline.ts";
export { activityNamed, definePipeline, type Pipeline, type PipelineDefinition } from "./define-pipeline.ts";
export { describeIssues } from "./describe-issues.ts";
export { hours, minutes, type Seconds, seconds } from "./duration.ts";
export {
  CheckForFailuresEvent,
  CheckIfReposChangedAnswer,
  EndHealthCheckEvent,
  ExecutionContext,
  GetPlatformsAnswer,
  GetPlatformsEvent,
  HealthCheckAnswer,
  HealthCheckEvent,
  HealthCheckWaitEvent,
  NormalizeResultsEvent,
  ParseInputAnswer,
  ParseInputEvent,
  PrepareActivityAnswer,
  PrepareActivityEvent,
  RepairReport,
  ResultsEvent,
} from "./events.ts";
export {
  activitiesOf,
  branchName,
  type Flow,
  type ForEachPlatform,
  type ForEachVersion,
  forEachPlatform,
  forEachVersion,
  type Parallel,
  parallel,
  type Sequence,
  sequence,
} from "./flow.ts";
export { type LogMarker, logMarker, parseLogMarker } from "./log-marker.ts";
export { ErrorName, InvalidConfigurationError, InvalidInputError, MusterError } from "./muster-error.ts";
export { nearestWord } from "./nearest-word.ts";
export {
  fixedPlatforms,
  listedPlatforms,
  type Platform,
  type Platforms,
  parseLinuxPlatform,
  parsePlatformList,
} from "./platform.ts";
export { Claim, Demand, HealthCheckToken, LaunchError, LaunchRecord, Lease, Refusal } from "./records.ts";
export {
  type FailedStep,
  Failure,
  failureLine,
  failureMessage,
  listFailures,
  normalizeResults,
  type Results,
  StepResult,
} from "./results.ts";
export { type BucketRole, downloads, type S3Object, s3Url, scratch } from "./s3-object.ts";
export { shortenJson } from "./shorten-json.ts";
export {
  type FunctionName,
  functionNames,
  StageDescription,
  type StageDescriptionInput,
  stageParameter,
} from "./stage-description.ts";
export {
  branchEndStateName,
  fixedState,
  fixedStateNames,
  itemEndStateName,
  mapState,
  mapStateOf,
  prepareState,
  roleOfState,
  type StateRole,
  shouldStateName,
} from "./state-names.ts";
export { stateNamesOf } from "./states-of-flow.ts";
export { type Artifacts, type BuildStatus, type ObjectExists, type StatusEvidence, statusOf } from "./status.ts";
export { MAX_CAUSE_BYTES, TaskFailureCause, TaskInput, TaskScripts, TaskSuccess, taskName } from "./task.ts";
export { taskEnvironment } from "./task-environment.ts";
export { isNightly, isRelease, isVersion, nightlyOf, type Version } from "./version.ts";
export { ScriptUrl, WorkerEnvironment } from "./worker-environment.ts";
export { parseWorkerName, type WorkerName, workerName } from "./worker-name.ts";
