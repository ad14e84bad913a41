import type { S3Client } from "@aws-sdk/client-s3";
import {
  type BuildInput,
  InvalidConfigurationError,
  InvalidInputError,
  type Pipeline,
  type Platform,
  type PlatformsOfVersion,
  parsePlatformList,
  type Version,
} from "@muster/pipeline";
import { fetchText } from "./fetch-text.ts";

/** All platforms that a version supports, in the order of the pipeline's list. */
export async function supportedPlatforms(pipeline: Pipeline, version: Version, s3: S3Client): Promise<Platform[]> {
  const { platforms } = pipeline;
  if (platforms.kind === "fixed") return [...platforms.names];
  const url = platforms.url(version);
  const listed = parsePlatformList(await fetchText(url, s3));
  if (listed.length === 0) {
    throw new InvalidConfigurationError(`the list of platforms of ${version} at ${url} is empty`, {
      hint: "a list holds one platform a line",
    });
  }
  return listed;
}

/**
 * The platforms of a version: all that it supports, and those of them that the build makes, which are all where it names none.
 * @throws InvalidInputError when the build names a platform that none of its versions has
 */
export async function platformsOfVersion(
  pipeline: Pipeline,
  version: Version,
  { build, s3 }: { build: BuildInput; s3: S3Client },
): Promise<PlatformsOfVersion> {
  const supported = await supportedPlatforms(pipeline, version, s3);
  if (build.platforms.some((platform) => !supported.includes(platform))) {
    const lists = build.versions.map((other) =>
      other === version ? Promise.resolve(supported) : supportedPlatforms(pipeline, other, s3),
    );
    refuseUnknownPlatforms(build, await Promise.allSettled(lists));
  }
  return platformsAmong(supported, build);
}

/** Of what a version supports, what the build makes. */
export const platformsAmong = (supported: readonly Platform[], { platforms }: BuildInput): PlatformsOfVersion => ({
  platforms: supported,
  buildPlatforms: platforms.length === 0 ? supported : supported.filter((platform) => platforms.includes(platform)),
});

/**
 * A version's list that cannot be had now is given the benefit of the doubt: that version's own step will fail.
 * @param lists of the build's versions, in their order
 * @throws InvalidInputError for a platform that none of them has
 */
export function refuseUnknownPlatforms(
  build: BuildInput,
  lists: readonly PromiseSettledResult<readonly Platform[]>[],
): void {
  const unknown = build.platforms.find((platform) =>
    lists.every((list) => list.status === "fulfilled" && !list.value.includes(platform)),
  );
  if (unknown === undefined) return;
  const [first = ""] = build.versions;
  const [list] = lists;
  const versions = build.versions.length > 1 ? `none of ${build.versions.join(", ")} has` : `${first} does not have`;
  throw new InvalidInputError(`${versions} the platform ${unknown}`, {
    hint: `${first} has ${list?.status === "fulfilled" ? list.value.join(", ") : ""}`,
  });
}
