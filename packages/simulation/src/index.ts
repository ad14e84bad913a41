export { describeStage } from "./describe-stage.ts";
export { leaveEvidence } from "./leave-evidence.ts";
export { machineWorld, type Work, type WorldOptions } from "./machine-world.ts";
export type { BeyondAccess, PlayedScript, PlayedTask } from "./played-task.ts";
export { type SimulatedBuild, type Simulation, type SimulationOptions, simulate } from "./simulate.ts";
export type { TaskEnd } from "./task-end.ts";
