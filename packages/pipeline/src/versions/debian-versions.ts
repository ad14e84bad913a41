import { compareDebianVersions } from "../debian/compare-versions.ts";
import type { Version } from "../version.ts";
import type { VersionParts, VersionScheme } from "./version-scheme.ts";

/** Debian wants a digit first; a colon in what follows the epoch, which Debian takes too, has no place in names of files. */
const VERSION = /^(?:(?<epoch>\d{1,9}):)?(?<upstream>\d[A-Za-z0-9.+~-]*?)(?:-(?<revision>[A-Za-z0-9.+~]+))?$/;

function parts(version: Version): VersionParts {
  const { epoch, upstream = version, revision = "" } = VERSION.exec(version)?.groups ?? {};
  return { ...(epoch !== undefined && { epoch }), upstream, packaged: upstream, revision };
}

/** An epoch of 0 is none; a dash parts what was released from its revision, so that there is none without the other. */
function parse(word: string): Version | undefined {
  const { epoch, upstream, revision } = VERSION.exec(word)?.groups ?? {};
  if (upstream === undefined || (revision === undefined && upstream.includes("-"))) return undefined;
  const number = Number(epoch ?? 0);
  return `${number === 0 ? "" : `${number}:`}${word.slice(word.indexOf(":") + 1)}`;
}

/**
 * Debian's versions, as `debian/changelog` has them: `2.10`, `2.10-3`, `1:2.4-1`, `2.10~rc1-1`. A package that is made anew of the same
 * version has the next revision. There are no nightlies; what has a `~` before its revision is a pre-release.
 * @see https://www.debian.org/doc/debian-policy/ch-controlfields.html#version
 */
export function debianVersions(): VersionScheme {
  return {
    form: "[epoch:]upstream[-revision] (Debian's), like 2.10-3",
    examples: ["2.10-3", "1:2.4~rc1-1", "2.10"],
    samples: ["97531:86420.75319-64208", "97531:86420.75319~rc53197-64208", "86420.75319-64208", "86420.75319"],
    parse,
    compare: compareDebianVersions,
    isRelease: (version) => !parts(version).upstream.includes("~"),
    isNightly: () => false,
    parts,
  };
}
