import type { Version } from "../version.ts";
import { dateParts, type VersionScheme } from "./version-scheme.ts";

const NIGHTLY = /^(\d{4})\.(\d{2})\.(\d{2})$/;
const RELEASE = /^\d+\.\d+\.\d+$/;

const nightlyOf = (date: Date): Version => dateParts(date).join(".");

/** A nightly is named by its date; what only looks like one (2026.13.45) is not. */
function isNightly(version: Version): boolean {
  const match = NIGHTLY.exec(version);
  if (match === null) return false;
  const date = new Date(`${match[1]}-${match[2]}-${match[3]}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && nightlyOf(date) === version;
}

/** A release is three numbers; four digits followed by two and two are always meant as a nightly. */
const isRelease = (version: Version): boolean => RELEASE.test(version) && !NIGHTLY.test(version);

/** Nightlies before releases, each among themselves part by part as numbers. */
function compare(a: Version, b: Version): number {
  const [first, second] = [a, b].map((version) => version.split(".").map(Number)) as [number[], number[]];
  const differing = first.findIndex((part, index) => part !== second[index]);
  return (
    Number(isRelease(a)) - Number(isRelease(b)) ||
    (differing < 0 ? 0 : (first[differing] ?? 0) - (second[differing] ?? 0))
  );
}

const scheme: VersionScheme = {
  form: "N.N.N (a release) or YYYY.MM.DD (a nightly)",
  examples: ["0.1.2", "2026.11.29"],
  samples: ["97531.86420.75319", "9753.10.29"],
  parse: (word) => (isNightly(word) || isRelease(word) ? word : undefined),
  compare,
  isRelease,
  isNightly,
  nightlyOf,
  parts: (version) => ({ upstream: version, packaged: version, revision: "1" }),
};

/** `N.N.N` for releases, `YYYY.MM.DD` for nightlies: what a pipeline has that names no scheme. */
export const releasesAndNightlies = (): VersionScheme => scheme;
