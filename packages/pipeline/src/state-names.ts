/*
 * The one vocabulary of states' names: the state machine is made with it, and whoever reads a history or results reads names with it.
 * No other source spells one.
 */

/** What the names of all Map states begin with, and no other state's: results tell maps from steps by it. */
export const MAP_PREFIX = "ForEach";

/** The first Map state of each kind. */
export const mapState = {
  version: "ForEachVersion",
  platform: "ForEachPlatform",
} as const;

/** Names are unique in a state machine: the second Map of a kind is `ForEachPlatform2`. */
export const numberedMapStateName = (map: string, number: number): string => (number === 1 ? map : `${map}${number}`);

const NUMBERED_MAP = new RegExp(`^(${Object.values(mapState).join("|")})\\d*$`);

/** The first Map state of the same kind; undefined for a name that is no Map state's. */
export const mapStateOf = (stateName: string): string | undefined => NUMBERED_MAP.exec(stateName)?.[1];

/** The last state of a branch. */
export const branchEndStateName = (branch: string): string => `${branch}End`;

/** The last state of a Map's item: `ForEachPlatform` → `PlatformEnd`. */
export const itemEndStateName = (map: string): string =>
  `${map.startsWith(MAP_PREFIX) ? map.slice(MAP_PREFIX.length) : map}End`;

/** The state that decides whether an activity runs, and launches for it. */
export const prepareState = {
  of: (activity: string): string => `${PREPARE_PREFIX}${activity}`,
  /**
   * Whose such a state it is. An activity may itself be called `PrepareTo…`, and so is its own state: ask this of states that call a
   * function, and compare with `of` where the activity is known.
   */
  activityOf: (stateName: string): string | undefined =>
    stateName.startsWith(PREPARE_PREFIX) ? stateName.slice(PREPARE_PREFIX.length) : undefined,
};
const PREPARE_PREFIX = "PrepareTo";

/** The choice between an activity and the step after it. */
export const shouldStateName = (activity: string): string => `Should${activity}`;

/** The three states of an activity, in their order. */
export const statesOfActivity = (activity: string): [prepare: string, should: string, activity: string] => [
  prepareState.of(activity),
  shouldStateName(activity),
  activity,
];

/** The choice after an approval between what it guards and the end of all that. */
export const shouldFollowStateName = (approval: string): string => shouldStateName(`Follow${approval}`);

/** Where a build goes that nobody has answered in time. */
export const unansweredStateName = (approval: string): string => `${approval}Unanswered`;

/** The states of an approval, in their order. */
export const statesOfApproval = (approval: string): [approval: string, unanswered: string, shouldFollow: string] => [
  approval,
  unansweredStateName(approval),
  shouldFollowStateName(approval),
];

/**
 * States of the form that a large build takes, in which each platform of a version has an execution of its own: each has
 * the name of its counterpart, so marked.
 */
export const distributedState = {
  of: (stateName: string): string => `${stateName}${DISTRIBUTED_SUFFIX}`,
  /** The name without the mark; any other name as it is. */
  plain: (stateName: string): string =>
    stateName.endsWith(DISTRIBUTED_SUFFIX) ? stateName.slice(0, -DISTRIBUTED_SUFFIX.length) : stateName,
};
/** No step's name holds such a character. */
const DISTRIBUTED_SUFFIX = "_distributed";

/** The choice between a Map and its distributed form. */
export const shouldDistributeStateName = (map: string): string => shouldStateName(`Distribute${map}`);

/** Takes in what the distributed form of a Map has come to. */
export const collectStateName = (map: string): string => `Collect${map}`;

const UPDATE_INDICES = "UpdateIndices";
const INVALIDATE_CLOUD_FRONT = "InvalidateCloudFront";
const UPDATE_AND_INVALIDATE = "UpdateIndicesAndInvalidateCloudFront";
const HEALTH_CHECK = "HealthCheck";

/** States that every pipeline's state machine may have, whatever its activities, in the order in which a build comes to them. */
export const fixedState = {
  parseInput: "ParseInput",
  root: "Root",
  forEachVersion: mapState.version,
  getPlatformsForVersion: "GetPlatformsForVersion",
  versionNormalizeResults: "VersionNormalizeResults",
  versionEnd: itemEndStateName(mapState.version),
  endHealthCheck: "EndHealthCheck",
  checkIfReposChanged: "CheckIfReposChanged",
  shouldUpdateAndInvalidate: shouldStateName(UPDATE_AND_INVALIDATE),
  updateAndInvalidate: UPDATE_AND_INVALIDATE,
  updateIndices: UPDATE_INDICES,
  updateIndicesEnd: branchEndStateName(UPDATE_INDICES),
  invalidateCloudFront: INVALIDATE_CLOUD_FRONT,
  invalidateCloudFrontEnd: branchEndStateName(INVALIDATE_CLOUD_FRONT),
  normalizeResults: "NormalizeResults",
  checkForFailures: "CheckForFailures",
  healthCheckBegin: "HealthCheckBegin",
  healthCheckWait: "HealthCheckWait",
  healthCheckPlainWait: "HealthCheckPlainWait",
  healthCheck: HEALTH_CHECK,
  shouldHealthCheck: shouldStateName(HEALTH_CHECK),
  healthCheckEnd: branchEndStateName(HEALTH_CHECK),
} as const;

export const fixedStateNames: readonly string[] = Object.values(fixedState);

/**
 * What a state that calls a function is to a build. `pacing` states only time it, and are steps only when they fail; users wait for
 * `publication`; the `verdict` repeats what failed steps have said; `bookkeeping` is all else.
 */
export type StateRole = "pacing" | "publication" | "verdict" | "bookkeeping";

const roles: ReadonlyMap<string, StateRole> = new Map<string, StateRole>([
  [fixedState.healthCheckWait, "pacing"],
  [fixedState.healthCheck, "pacing"],
  [fixedState.endHealthCheck, "pacing"],
  [fixedState.updateIndices, "publication"],
  [fixedState.invalidateCloudFront, "publication"],
  [fixedState.checkForFailures, "verdict"],
]);

export const roleOfState = (stateName: string): StateRole => roles.get(stateName) ?? "bookkeeping";
