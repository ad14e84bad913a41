import type { S3Client } from "@aws-sdk/client-s3";
import { type BuildInput, MusterError, type Pipeline } from "@muster/pipeline";
import { platformsAmong, refuseUnknownPlatforms, supportedPlatforms } from "../deciding/platforms-of-version.ts";
import type { LookedUpVersion } from "./plan-nodes.ts";

/**
 * The versions of a build with their platforms. A list that cannot be had leaves its version without, and no other.
 * @throws InvalidInputError when the build names a platform that none of its versions has
 */
export async function lookUpVersions(pipeline: Pipeline, build: BuildInput, s3: S3Client): Promise<LookedUpVersion[]> {
  const lists = await Promise.allSettled(build.versions.map((version) => supportedPlatforms(pipeline, version, s3)));
  refuseUnknownPlatforms(build, lists);
  return build.versions.map((version, index): LookedUpVersion => {
    const list = lists[index] as (typeof lists)[number];
    if (list.status === "fulfilled") return { version, ...platformsAmong(list.value, build) };
    return { version, problem: problemOf(list.reason) };
  });
}

function problemOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error instanceof MusterError && error.hint !== undefined ? `${error.message} (${error.hint})` : error.message;
}
