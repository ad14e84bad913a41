/** `YYYY.MM.DD` (a nightly) or `N.N.N` (a release). */
export type Version = string;

const NIGHTLY = /^(\d{4})\.(\d{2})\.(\d{2})$/;
const RELEASE = /^\d+\.\d+\.\d+$/;

/** A nightly is named by its date; what only looks like one (2026.13.45) is not. */
export function isNightly(version: Version): boolean {
  const match = NIGHTLY.exec(version);
  if (match === null) return false;
  const date = new Date(`${match[1]}-${match[2]}-${match[3]}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && nightlyOf(date) === version;
}

/** A release is three numbers; four digits followed by two and two are always meant as a nightly. */
export function isRelease(version: Version): boolean {
  return RELEASE.test(version) && !NIGHTLY.test(version);
}

export function isVersion(word: string): boolean {
  return isNightly(word) || isRelease(word);
}

/** The nightly of a moment's UTC date. */
export function nightlyOf(date: Date): Version {
  return date.toISOString().slice(0, 10).replaceAll("-", ".");
}

/** Below 0 where `a` comes before `b`: nightlies before releases, each among themselves part by part as numbers. */
export function compareVersions(a: Version, b: Version): number {
  const [first, second] = [a, b].map((version) => version.split(".").map(Number)) as [number[], number[]];
  const differing = first.findIndex((part, index) => part !== second[index]);
  return (
    Number(isRelease(a)) - Number(isRelease(b)) ||
    (differing < 0 ? 0 : (first[differing] ?? 0) - (second[differing] ?? 0))
  );
}
