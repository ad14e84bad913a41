import type { Stage } from "../stages/stage.ts";
import { listBuilds } from "./find-build.ts";
import { inputOfBuild } from "./input-of-build.ts";

/** The versions of the latest builds, of the latest build first; what a former definition understood and this one does not is left out. */
export async function latestVersions(
  stage: Pick<Stage, "sfn" | "pipeline" | "description">,
  { builds: max }: { builds: number },
): Promise<string[]> {
  const builds = await listBuilds(stage, { max });
  const versions = await Promise.all(builds.map(async (build) => (await inputOfBuild(stage, build))?.versions ?? []));
  return [...new Set(versions.flat())];
}
