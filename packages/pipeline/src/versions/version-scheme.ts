import type { Version } from "../version.ts";

/** What a version consists of, for the names of packages. */
export interface VersionParts {
  /** What goes before all else in dpkg's and rpm's order; absent is 0. */
  readonly epoch?: string;
  /** What was released, as the scheme writes it: `1.0.0-rc1`. */
  readonly upstream: string;
  /** The same as dpkg and rpm order it: `1.0.0~rc1`. */
  readonly packaged: string;
  /** Which package of it this is, `1` for the first; empty for Debian's native packages, which have none. */
  readonly revision: string;
}

/** How a pipeline's versions are written, and what that says of them. All but `parse` are asked only of what `parse` answers. */
export interface VersionScheme {
  /** What a version looks like, for help and errors: `N.N.N (a release) or YYYY.MM.DD (a nightly)`. */
  readonly form: string;
  /** Versions as people know them, one of each kind at least. */
  readonly examples: readonly [Version, ...Version[]];
  /** Versions that nobody will release, one of each kind: where one stands in an object's key, permissions let any version stand. */
  readonly samples: readonly [Version, ...Version[]];
  /** The one spelling of the version that a word means; undefined for what is none. It parses to itself. */
  readonly parse: (word: string) => Version | undefined;
  /** Below 0 where `a` comes before `b`, 0 where neither does. */
  readonly compare: (a: Version, b: Version) => number;
  /** Whether it may be `latest`: it is no pre-release, and no nightly. */
  readonly isRelease: (version: Version) => boolean;
  /** Whether it is one of a day, which `nightlyOf` could have answered. */
  readonly isNightly: (version: Version) => boolean;
  /** What a build makes that names no version, by the UTC date of its start; absent: such a build is refused. */
  readonly nightlyOf?: (date: Date) => Version;
  /** What packages of it are called by. */
  readonly parts: (version: Version) => VersionParts;
}

/** The UTC date of a moment, as text of its parts: `["2026", "11", "29"]`. */
export const dateParts = (date: Date): string[] => date.toISOString().slice(0, 10).split("-");
