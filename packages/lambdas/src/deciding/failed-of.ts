import { failedVersions, mapState, normalizeResults, type Version } from "@muster/pipeline";

/**
 * Those of a build's versions of which a step has failed.
 * @param versionResults what ForEachVersion came to; undefined before its end
 */
export function failedOf(versions: readonly Version[], versionResults: unknown): Version[] {
  const failed = failedVersions(normalizeResults({ [mapState.version]: versionResults }));
  return versions.filter((version) => failed.has(version));
}
