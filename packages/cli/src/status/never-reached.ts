import type { BuildHistory } from "@muster/history";
import type { Pipeline } from "@muster/pipeline";
import { whatToRetry } from "../retry/what-to-retry.ts";
import type { ToCome } from "./status-matrix.ts";

/** Tasks that a build which ended badly did not come to; of versions whose platforms it did not learn, those of platforms are not known. */
export function neverReached(build: BuildHistory, pipeline: Pipeline): ToCome[] {
  const known = new Set(build.steps.map(({ key }) => key));
  return whatToRetry(build, pipeline).filter(({ task, allPlatforms }) => !allPlatforms && !known.has(task));
}
