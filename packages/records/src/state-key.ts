import { activityOfTask } from "@muster/pipeline";

/** What the keys of the state bucket begin with; for those who grant access to a kind of record, or list it over all activities and executions. */
export const stateFolder = {
  executions: "executions/",
  claims: "claims/",
  launches: "launches/",
  demands: "demands/",
  answered: "answered/",
  attention: "attention/",
  leases: "leases/",
  repairLeases: "leases/repair/",
  exclusiveLeases: "leases/exclusive/",
  attempts: "attempts/",
  pages: "pages/",
  notifications: "notifications/",
  withdrawals: "withdrawals/",
  mapRuns: "map-runs/",
} as const;

/** As ResultWriter takes it. */
export const mapRunsPrefix: string = stateFolder.mapRuns.slice(0, -1);

const executionName = (executionArn: string): string => executionArn.slice(executionArn.lastIndexOf(":") + 1);

const executionFolder = (execution: string): string => `${stateFolder.executions}${executionName(execution)}/`;

const attemptsFolder = (activity: string): string => `${stateFolder.attempts}${activity}/`;

const attemptsIn = (activity: string, execution: string): string =>
  `${attemptsFolder(activity)}${executionName(execution)}/`;

const attemptsAt = (execution: string, task: string): string =>
  `${attemptsIn(activityOfTask(task), execution)}${task}/`;

/** Keys in the state bucket, of records whose schemas are `@muster/pipeline`'s. Executions may be given by name or ARN. */
export const stateKey = {
  execution: executionFolder,
  healthCheckToken: (execution: string) => `${executionFolder(execution)}health-check-token.json`,
  buildDone: (execution: string) => `${executionFolder(execution)}done.json`,
  claims: (activity: string) => `${stateFolder.claims}${activity}/`,
  claim: (activity: string, instanceId: string) => `${stateFolder.claims}${activity}/${instanceId}.json`,
  launches: (activity: string) => `${stateFolder.launches}${activity}/`,
  /** Keys of one activity sort by time. */
  launch: (activity: string, requestedAt: string, clientToken: string) =>
    `${stateFolder.launches}${activity}/${requestedAt}_${clientToken}.json`,
  demands: (activity: string) => `${stateFolder.demands}${activity}/`,
  /** Keys of one activity sort by time; the id starts with it. */
  demand: (activity: string, id: string) => `${stateFolder.demands}${activity}/${id}.json`,
  answeredDemands: (activity: string) => `${stateFolder.answered}${activity}/`,
  /** Where a demand goes that a launch has answered, so that a listing of those that wait is short however many there were. */
  answeredDemand: (activity: string, id: string) => `${stateFolder.answered}${activity}/${id}.json`,
  /** Rewritten by whoever wants an activity's workers counted: a repair that is under way then counts again. */
  attention: (activity: string) => `${stateFolder.attention}${activity}.json`,
  /** Held by the repair of an activity, so that a tick and an event do not launch twice. */
  repairLease: (activity: string) => `${stateFolder.repairLeases}${activity}.json`,
  /** Held by a worker of an `exclusive` activity while its script runs. */
  exclusiveLease: (activity: string) => `${stateFolder.exclusiveLeases}${activity}.json`,
  /** What an activity's workers may write, and no other's. */
  attempts: attemptsFolder,
  attemptsIn,
  attemptsAt,
  attempt: (execution: string, task: string, instanceId: string, claimedAt: string) =>
    `${attemptsAt(execution, task)}${claimedAt.replaceAll(/[:.]/g, "-")}_${instanceId}.json`,
  /** Where a build's attempts were recorded while the workers of all activities wrote to one folder; nothing is written there any more. */
  formerAttempts: (execution: string) => `${stateFolder.attempts}${executionName(execution)}/`,
  /** What a build was, to be looked at, as it was at its end. */
  page: (execution: string) => `${stateFolder.pages}${executionName(execution)}.html`,
  notifications: (execution: string) => `${stateFolder.notifications}${executionName(execution)}/`,
  /** Of one end of a build, which ends again where it is redriven, and one who is told. */
  notification: (execution: string, endedAt: string, target: string) =>
    `${stateFolder.notifications}${executionName(execution)}/${endedAt.replaceAll(/[:.]/g, "-")}_${target}.json`,
  /** Of a version that was taken back, or will be. */
  withdrawal: (version: string) => `${stateFolder.withdrawals}${version}.json`,
  /** How long tasks and boots have taken on the stage. */
  durations: "durations.json",
  reaper: "reaper/marks.json",
} as const;
