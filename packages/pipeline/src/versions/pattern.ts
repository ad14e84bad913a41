import { compareDebianVersions } from "../debian/compare-versions.ts";
import type { Version } from "../version.ts";
import type { VersionScheme } from "./version-scheme.ts";
import { withRevisions } from "./with-revisions.ts";

/** Which versions of a pattern are nightlies. */
export interface PatternNightlies {
  /** What a nightly looks like, from `^` to `$`; it is asked before the pattern itself. */
  readonly pattern: RegExp;
  /** What the nightly of a day is called: of the UTC date of a build that names no version. */
  readonly of: (date: Date) => Version;
}

export interface PatternOptions {
  /** Some versions, the first a release: they are shown where a word is none, and permissions are tried on their like. */
  readonly examples: readonly [Version, ...Version[]];
  /** Below 0 where `a` comes before `b`; where absent dpkg's order, by which 2.9 comes before 2.10. */
  readonly compare?: (a: Version, b: Version) => number;
  /** Which are nightlies, and what they are called; there are none where absent, and a build that names no version is refused. */
  readonly nightlies?: PatternNightlies;
}

/**
 * Versions of any other kind: `pattern(/^(?<version>\d+\.\d+)(-?(?<prerelease>rc\d+))?$/, { examples: ["2.10", "2.10-rc1"] })`. What
 * stands before a group `version` is left out of the version's spelling; one that has the group `prerelease` is no `latest`, and is older than
 * the version without it. Letters, digits and `. + - : ~ _` may stand in versions.
 * @throws RangeError for examples that are none
 */
export function pattern(expression: RegExp, { examples, compare, nightlies }: PatternOptions): VersionScheme {
  const release = stateless(expression);
  const nightly = nightlies && stateless(nightlies.pattern);
  const isNightly = (version: Version) => nightly?.test(version) === true;
  const parse = (word: string) => (isNightly(word) ? word : written(release.exec(word)));
  const stranger = [...examples, ...(nightlies === undefined ? [] : [nightlies.of(new Date())])].find(
    (each) => parse(each) !== each,
  );
  if (stranger !== undefined)
    throw new RangeError(`pattern: the example "${stranger}" is not as the pattern writes it`);
  const packaged = (version: Version) => (isNightly(version) ? version : packagedOf(version, release));
  const byDpkg = (a: Version, b: Version) =>
    Number(isNightly(b)) - Number(isNightly(a)) || compareDebianVersions(packaged(a), packaged(b));
  return withRevisions({
    form: `like ${examples.join(", ")}`,
    examples: nightlies === undefined ? examples : [...examples, nightlies.of(new Date(Date.UTC(2026, 10, 29)))],
    samples: [
      ...examples.map((example) => sampleLike(example, parse)),
      ...(nightlies === undefined ? [] : [nightlies.of(new Date(Date.UTC(9753, 9, 29)))]),
    ] as unknown as [Version, ...Version[]],
    parse,
    compare: compare ?? byDpkg,
    isRelease: (version) => !isNightly(version) && release.exec(version)?.groups?.prerelease === undefined,
    isNightly,
    ...(nightlies !== undefined && { nightlyOf: nightlies.of }),
    parts: (version) => ({ upstream: version, packaged: packaged(version), revision: "1" }),
  });
}

/** With g or y, it would remember where the last word ended. */
const stateless = ({ source, flags }: RegExp): RegExp => new RegExp(source, `${flags.replaceAll(/[gyd]/g, "")}d`);

/** A part of a word is no version. */
function written(match: RegExpExecArray | null): Version | undefined {
  if (match === null || match[0] !== match.input) return undefined;
  return match.input.slice(match.indices?.groups?.version?.[0] ?? 0);
}

/** dpkg wants a digit first. */
function packagedOf(version: Version, expression: RegExp): string {
  const at = expression.exec(version)?.indices?.groups?.prerelease?.[0];
  const tilded =
    at === undefined ? version : `${version.slice(0, at).replace(/[^A-Za-z0-9]+$/, "")}~${version.slice(at)}`;
  const legal = tilded.replaceAll(/[^A-Za-z0-9.+~-]/g, ".");
  return /^\d/.test(legal) ? legal : `0+${legal}`;
}

const UNLIKELY = ["97531", "86420", "75319", "64208"];

/** The example with other numbers, as unlikely as the pattern lets them be. */
function sampleLike(example: Version, parse: (word: string) => Version | undefined): Version {
  const numbered = (numberAt: (index: number, digits: string) => string) => {
    let index = 0;
    return example.replaceAll(/\d+/g, (digits) => numberAt(index++, digits));
  };
  const long = numbered((index) => UNLIKELY[index % UNLIKELY.length] as string);
  const asLong = numbered((index, digits) => (UNLIKELY[index % UNLIKELY.length] as string).slice(0, digits.length));
  return [long, asLong].find((each) => parse(each) === each) ?? example;
}
