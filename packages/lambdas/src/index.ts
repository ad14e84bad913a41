export type { BundleFunctions, FunctionBundle, FunctionBundles } from "../bundle/bundle-functions.ts";
export { askNotify } from "./ask-notify.ts";
export { type Overlap, overlapError, overlappingBuild } from "./builds/overlapping-build.ts";
export { runningBuilds } from "./builds/running-builds.ts";
export type { ClientName, Clients } from "./clients.ts";
export { createHandlers, type HandlerOptions, type LambdaHandler } from "./create-handlers.ts";
export { decide } from "./deciding/decide.ts";
export { decideStep } from "./deciding/decide-step.ts";
export { inputOfTask, type TaskOfBuild } from "./deciding/input-of-task.ts";
export { type Lookout, lookout } from "./deciding/lookout.ts";
export { platformsOfVersion, supportedPlatforms } from "./deciding/platforms-of-version.ts";
export {
  type MatrixCell,
  type VersionMatrix,
  versionMatrix,
  type WithdrawalJson,
  withdrawalJson,
} from "./deciding/version-matrix.ts";
export { isMadeOtherwise } from "./deciding/what-changed.ts";
export { launchedAt } from "./launching/launched-at.ts";
export { weighRefusals } from "./launching/weigh-refusals.ts";
export { maxWorkersOf } from "./launching/worker-limits.ts";
export { jsonLog, type Log, silentLog } from "./log.ts";
export { readLaunchTimes } from "./pages/read-launch-times.ts";
export { stageOfPage } from "./pages/stage-of-page.ts";
export { type PlannedApproval, planApprovals } from "./planning/plan-approvals.ts";
export {
  type BuildPlan,
  type FailedLookup,
  type PlannedStep,
  type PlannedTask,
  planBuild,
} from "./planning/plan-build.ts";
export { orderOf } from "./planning/plan-nodes.ts";
export { type Market, marketsOf, quotaCodeOf, readVcpuQuota } from "./quotas/vcpu-quotas.ts";
export { LAST_RESORT_MS, LIFETIME_MS, READY_WITHIN_MS } from "./reaping/choose-victims.ts";
export { KEEP_MS as RECORDS_KEPT_MS } from "./reaping/drop-old-records.ts";
export { ReaperMarks } from "./reaping/marks.ts";
export { patienceMs } from "./reaping/watch-idle.ts";
export { refuseWithdrawn, type Withdrawn, withdrawalOf, withdrawnText } from "./records/withdrawals.ts";
export { describeWorkers, toWorker, type Worker, type WorkerState } from "./workers/describe-workers.ts";
export { hourlyPrice, listedPrice, vcpusOf } from "./workers/hourly-price.ts";
