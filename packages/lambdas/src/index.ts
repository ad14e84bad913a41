export { type Overlap, overlappingBuild } from "./builds/overlapping-build.ts";
export { runningBuilds } from "./builds/running-builds.ts";
export type { ClientName, Clients } from "./clients.ts";
export { createHandlers, type HandlerOptions, type LambdaHandler } from "./create-handlers.ts";
export { type PlannedStep, planBuild } from "./deciding/plan-build.ts";
export { platformsOfVersion, supportedPlatforms } from "./deciding/platforms-of-version.ts";
export { type MatrixCell, type VersionMatrix, versionMatrix } from "./deciding/version-matrix.ts";
export { jsonLog, type Log, silentLog } from "./log.ts";
export { hourlyPrice } from "./workers/hourly-price.ts";
