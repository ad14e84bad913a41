export type {
  Access,
  Activity,
  ActivityDefinition,
  Asking,
  Decision,
  KmsKey,
  Question,
  RunsWhen,
  Secret,
  StoredSecret,
  WorkerMachine,
} from "./activity.ts";
export { activityOfTask } from "./activity-of-task.ts";
export {
  type Approval,
  ApprovalAnswer,
  type ApprovalDefinition,
  type AskedFor,
  approvalNeeded,
  approvalNote,
  Decision as ApprovalDecision,
  describeTimeout,
  rejectionCause,
} from "./approval.ts";
export {
  type AptPackage,
  type Artifacts,
  aptPackage,
  type BuildStatus,
  isAptPackage,
  type NamedPackage,
  objectsOf,
  type Published,
} from "./artifacts.ts";
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
export { BuildInput, DebugMode, MadeAgain, RetryOf, WithdrawalOf } from "./build-input.ts";
export { MOST_TASKS_OF_ONE_HISTORY, platformsAtOnce, sizeOfMatrix } from "./build-size.ts";
export { buildWords, inputWords } from "./build-words.ts";
export { type Channel, channelOf, checkDebianOrder } from "./channel.ts";
export { checkScripts, InvalidPipelineError } from "./check-pipeline.ts";
export { compareDebianVersions } from "./debian/compare-versions.ts";
export { type Fields, formatControl, parseControl } from "./debian/control.ts";
export { byHashPath, type IndexFile, parseRelease, type ReleaseFile } from "./debian/release-file.ts";

export { activity } from "./declare-activity.ts";
export { approval } from "./declare-approval.ts";
export { definePipeline } from "./define-pipeline.ts";
export { describeIssues } from "./describe-issues.ts";

export { days, hours, minutes, type Seconds, seconds } from "./duration.ts";
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
  KnownPlatforms,
  NormalizeResultsEvent,
  ParseInputAnswer,
  ParseInputEvent,
  PrepareActivityAnswer,
  PrepareActivityEvent,
  RepairReport,
  RequestApprovalEvent,
  ResultsEvent,
  WrittenResults,
} from "./events.ts";
export { type FailureWords, failureLine, failureMessage, readFailure } from "./failure-message.ts";
export { failureHeadline } from "./failures/failure-headline.ts";
export { type FailureGroup, groupFailures, otherPlaces } from "./failures/group-failures.ts";
export { type EarlierBuild, failedAlike, failuresOfCause, sinceWhen } from "./failures/since-when.ts";
export { whereItFailed } from "./failures/where-it-failed.ts";
export {
  activitiesOf,
  type BuildFlow,
  branchName,
  type Flow,
  type ForEachPlatform,
  type ForEachVersion,
  forEachPlatform,
  forEachVersion,
  type Parallel,
  parallel,
  partsOfBuild,
  type Sequence,
  sequence,
} from "./flow.ts";
export { functionSeconds } from "./function-seconds.ts";
export { approvalsOf, guardedBy, type PlacedApproval } from "./guarded.ts";
export {
  type FlagInput,
  type FlagInputOptions,
  flagInput,
  type Input,
  type Inputs,
  type InputValue,
  inputVariable,
  type NumberInput,
  type NumberInputOptions,
  numberInput,
  type TextInput,
  type TextInputOptions,
  textInput,
  type ValueOf,
  valuesOf,
} from "./input.ts";
export { describeInputs, inputsOf } from "./inputs-of-build.ts";
export { isLinePiece, lineContinued, lineGoesOn, longestPieceMarks, parseLinePiece } from "./line-piece.ts";
export { type LogMarker, logMarker, parseLogMarker } from "./log-marker.ts";
export { mayTouch, type Touch } from "./may-touch.ts";
export { median } from "./median.ts";
export { missingPackage } from "./missing-package.ts";
export { ErrorName, InvalidConfigurationError, InvalidInputError, MusterError } from "./muster-error.ts";
export { type NamedScript, namedScripts } from "./named-scripts.ts";
export { nearestWord } from "./nearest-word.ts";
export {
  type BuildEnd,
  buildEnds,
  isLoopback,
  type Notification,
  type Slack,
  type Sns,
  secretOf,
  slack,
  sns,
  type Webhook,
  wants,
  webhook,
  whyUntold,
} from "./notification.ts";
export { NotificationOutcome, NotificationRecord, NotificationRequest, NotifyAnswer } from "./notification-record.ts";
export { type Outline, type OutlineBranch, type OutlineStep, outline } from "./outline.ts";
export { buildOptions, parseBuildInput, wordsOf } from "./parse-build-input.ts";
export { activityNamed, type Pipeline, type PipelineDefinition } from "./pipeline.ts";
export { Place, placeCells, placeWords } from "./place.ts";
export {
  fixedPlatforms,
  listedPlatforms,
  type Platform,
  type PlatformList,
  type Platforms,
  parseLinuxPlatform,
  parsePlatformList,
} from "./platform.ts";
export { Policy, policyOf, usualPolicy, WrittenPolicy } from "./policy.ts";
export { type Preceding, precedingOf, sharePlace, stepsOf } from "./preceding.ts";
export {
  Claim,
  Demand,
  DurationRecord,
  HealthCheckToken,
  LaunchError,
  LaunchRecord,
  Lease,
  Refusal,
  WithdrawalRecord,
} from "./records.ts";
export {
  type FailedStep,
  Failure,
  failedVersions,
  listFailures,
  listSteps,
  normalizeResults,
  type Results,
  type StepAt,
  StepResult,
} from "./results.ts";
export { DEFAULT_RETRY_INTERVAL, neverRetried, type Retry, retriesOf, secondsUntilRetry } from "./retries.ts";
export { type BucketRole, downloads, type S3Object, s3Url, scratch } from "./s3-object.ts";
export { scriptFile, scriptKey } from "./script-file.ts";
export { shellText } from "./shell-text.ts";
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
  collectStateName,
  distributedState,
  fixedState,
  fixedStateNames,
  itemEndStateName,
  mapState,
  mapStateOf,
  prepareState,
  roleOfState,
  type StateRole,
  shouldDistributeStateName,
  shouldFollowStateName,
  shouldStateName,
  unansweredStateName,
} from "./state-names.ts";

export { stateNamesOf } from "./states-of-flow.ts";
export { evidenceText, type IsThere, type StatusEvidence, statusOf } from "./status.ts";
export { statusQuestion } from "./status-question.ts";
export {
  type BuildSubject,
  type BuildVersion,
  type Per,
  type PlatformSubject,
  type PlatformsOfVersion,
  placeOf,
  type Subject,
  subjectsOf,
  type VersionSubject,
} from "./subject.ts";
export { mayTakeBack, objectsTakenBack, takenBack } from "./taken-back.ts";
export {
  MAX_CAUSE_BYTES,
  publishedTask,
  TaskFailureCause,
  TaskInput,
  TaskScripts,
  TaskSuccess,
  taskName,
} from "./task.ts";
export { taskEnvironment } from "./task-environment.ts";
export { type Around, type Task, taskAt, tasksOf, tasksOfBuild } from "./tasks-of.ts";
export { unreachable } from "./unreachable.ts";
export type { Version } from "./version.ts";
export { type CalendarFormats, calendar } from "./versions/calendar.ts";
export { debianVersions } from "./versions/debian-versions.ts";
export { debianVersion, imageTag, rpmVersion } from "./versions/package-version.ts";
export { type PatternNightlies, type PatternOptions, pattern } from "./versions/pattern.ts";
export { releasesAndNightlies } from "./versions/releases-and-nightlies.ts";
export { parseVersion, schemeOf } from "./versions/scheme-of.ts";
export { type SemverOptions, semver } from "./versions/semver.ts";
export type { VersionParts, VersionScheme } from "./versions/version-scheme.ts";
export { withRevisions } from "./versions/with-revisions.ts";
export type { ImpossibleWithdrawal, ScriptedWithdrawal, Withdrawal } from "./withdrawal.ts";
export { ScriptUrl, USUAL_IDLE_SECONDS, WorkerEnvironment } from "./worker-environment.ts";
export { parseWorkerName, type WorkerName, workerName } from "./worker-name.ts";
