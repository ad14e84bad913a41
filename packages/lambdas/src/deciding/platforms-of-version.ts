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
  if (build.platforms.length === 0) return { platforms: supported, buildPlatforms: supported };
  const unsupported = build.platforms.filter((platform) => !supported.includes(platform));
  if (unsupported.length > 0) await refuseUnknown(unsupported, { pipeline, version, build, s3, supported });
  return {
    platforms: supported,
    buildPlatforms: supported.filter((platform) => build.platforms.includes(platform)),
  };
}

/** Another version's list that cannot be had now is given the benefit of the doubt: that version's own step will fail. */
async function refuseUnknown(
  platforms: readonly Platform[],
  {
    pipeline,
    version,
    build,
    s3,
    supported,
  }: { pipeline: Pipeline; version: Version; build: BuildInput; s3: S3Client; supported: readonly Platform[] },
): Promise<void> {
  const others = build.versions.filter((other) => other !== version);
  const lists = await Promise.allSettled(others.map((other) => supportedPlatforms(pipeline, other, s3)));
  const unknown = platforms.find((platform) =>
    lists.every((list) => list.status === "fulfilled" && !list.value.includes(platform)),
  );
  if (unknown === undefined) return;
  const versions = build.versions.length > 1 ? `none of ${build.versions.join(", ")} has` : `${version} does not have`;
  throw new InvalidInputError(`${versions} the platform ${unknown}`, {
    hint: `${version} has ${supported.join(", ")}`,
  });
}
