export { describeStage } from "./describe-stage.ts";
export { type Violation, violationsOf } from "./invariants/all.ts";
export { leaveEvidence } from "./leave-evidence.ts";
export { machineWorld, type Work, type WorldOptions } from "./machine-world.ts";
export type { BeyondAccess, PlayedScript, PlayedTask } from "./played-task.ts";
export { criticalPath, type PathPart } from "./release/critical-path.ts";
export { type FaultProfileName, faultProfileNames, faultProfiles } from "./release/fault-profile.ts";
export type { ReleaseFigures } from "./release/figures.ts";
export { musterDefault, predecessorsPolicy, type ReleasePolicy } from "./release/policy.ts";
export {
  explainRelease,
  type Release,
  type ReleaseOptions,
  type SimulatedRelease,
  SPOT_PRICE_SHARE,
  simulateRelease,
} from "./release/simulate-release.ts";
export { type SimulatedBuild, type Simulation, type SimulationOptions, simulate } from "./simulate.ts";
export { timeline } from "./soak/timeline.ts";
export type { TaskEnd } from "./task-end.ts";
