import { branchName, type Flow } from "./flow.ts";

/** States that every pipeline's state machine may have, whatever its activities. */
export const fixedStateNames = [
  "ParseInput",
  "Root",
  "ForEachVersion",
  "GetPlatformsForVersion",
  "VersionNormalizeResults",
  "VersionEnd",
  "EndHealthCheck",
  "CheckIfReposChanged",
  "ShouldUpdateIndicesAndInvalidateCloudFront",
  "UpdateIndicesAndInvalidateCloudFront",
  "UpdateIndices",
  "UpdateIndicesEnd",
  "InvalidateCloudFront",
  "InvalidateCloudFrontEnd",
  "NormalizeResults",
  "CheckForFailures",
  "HealthCheckWait",
  "HealthCheckPlainWait",
  "HealthCheck",
  "ShouldHealthCheck",
  "HealthCheckEnd",
] as const;

/** The state that decides whether an activity runs, and launches for it. */
export const prepareStateName = (activity: string): string => `PrepareTo${activity}`;

/** The choice between an activity and the step after it. */
export const shouldStateName = (activity: string): string => `Should${activity}`;

/** The last state of a branch. */
export const branchEndStateName = (branch: string): string => `${branch}End`;

/** The last state of a Map's item: `ForEachPlatform` → `PlatformEnd`. */
export const itemEndStateName = (map: string): string => `${map.replace(/^ForEach/, "")}End`;

/** The three states of an activity, in their order. */
export const statesOfActivity = (activity: string): [prepare: string, should: string, activity: string] => [
  prepareStateName(activity),
  shouldStateName(activity),
  activity,
];

/** The states that a flow becomes; names are unique over a whole state machine, so these must be. */
export function stateNamesOf(flow: Flow): string[] {
  switch (flow.kind) {
    case "activity":
      return statesOfActivity(flow.name);
    case "sequence":
      return flow.steps.flatMap(stateNamesOf);
    case "parallel":
      return [
        flow.name,
        ...flow.branches.flatMap((branch) => [...stateNamesOf(branch), branchEndStateName(branchName(branch))]),
      ];
    case "forEachPlatform":
      return [flow.name, ...stateNamesOf(flow.body), itemEndStateName(flow.name)];
    case "forEachVersion":
      return stateNamesOf(flow.body);
  }
}
