/** What tests of pipelines import; the rest of this package is for Muster's own. */
export type { BeyondAccess, PlayedScript, PlayedTask } from "./played-task.ts";
export { type SimulatedBuild, type Simulation, type SimulationOptions, simulate } from "./simulate.ts";
