import compareBuild from "semver/functions/compare-build.js";
import parse from "semver/functions/parse.js";
import type { Version } from "../version.ts";
import { dateParts, type VersionScheme } from "./version-scheme.ts";
import { withRevisions } from "./with-revisions.ts";

/** The first word of a nightly's pre-release. */
const NIGHTLY = "nightly";

function written(word: string): Version | undefined {
  const found = parse(word);
  if (found === null) return undefined;
  return found.build.length === 0 ? found.version : `${found.version}+${found.build.join(".")}`;
}

const preRelease = (version: Version): readonly (string | number)[] => parse(version)?.prerelease ?? [];

/** The first dash is where the pre-release starts, unless it is one of the build's. */
const packaged = (version: Version): string => (preRelease(version).length === 0 ? version : version.replace("-", "~"));

/** What a pipeline says of its semantic versions. */
export interface SemverOptions {
  /**
   * What nightlies come before: with `1.3.0` they are called 1.3.0-nightly.20261129. Where absent there are none, and a build that
   * names no version is refused.
   */
  readonly nightlyOf?: Version;
}

/**
 * Semantic versions: `1.2.3`, `1.0.0-rc.1`, `1.0.0+5`; `v1.2.3` is 1.2.3. Those that differ in what follows a `+` are ordered by that.
 * @throws RangeError for a `nightlyOf` that is no release
 * @see https://semver.org
 */
export function semver({ nightlyOf: next }: SemverOptions = {}): VersionScheme {
  if (next !== undefined && (written(next) !== next || preRelease(next).length > 0 || next.includes("+"))) {
    throw new RangeError(`semver: nightlyOf "${next}" must be the release that nightlies come before: 1.3.0`);
  }
  const samples = ["97531.86420.75319", "97531.86420.75319-rc.64208", "97531.86420.75319+64208"] as const;
  const nightly = (date: Date) => `${next}-${NIGHTLY}.${dateParts(date).join("")}`;
  return withRevisions({
    form: "N.N.N, N.N.N-pre.release or N.N.N+build (semver)",
    examples: ["1.2.3", "1.0.0-rc.1", `1.3.0-${NIGHTLY}.20261129`],
    samples: [...samples, `97531.86420.75319-${NIGHTLY}.97531029`],
    parse: written,
    compare: compareBuild,
    isRelease: (version) => preRelease(version).length === 0,
    isNightly: (version) => preRelease(version)[0] === NIGHTLY,
    ...(next !== undefined && { nightlyOf: nightly }),
    parts: (version) => ({ upstream: version, packaged: packaged(version), revision: "1" }),
  });
}
