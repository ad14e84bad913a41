import type { Version } from "../version.ts";
import type { VersionScheme } from "./version-scheme.ts";

const REVISED = /^(.+)_([1-9]\d*)$/;

/**
 * A scheme with package revisions: `1.2.3_2` is the second package of 1.2.3, newer than the first, which is 1.2.3 itself. To
 * everything but its name it is a version of its own.
 */
export function withRevisions(scheme: VersionScheme): VersionScheme {
  const split = (word: string): { base: Version; revision: number } | undefined => {
    const whole = scheme.parse(word);
    if (whole !== undefined) return { base: whole, revision: 1 };
    const [, rest = "", digits = ""] = REVISED.exec(word) ?? [];
    const base = rest === "" ? undefined : scheme.parse(rest);
    return base === undefined ? undefined : { base, revision: Number(digits) };
  };
  const join = (base: Version, revision: number) => (revision === 1 ? base : `${base}_${revision}`);
  const baseOf = (version: Version): Version => split(version)?.base ?? version;
  const revisionOf = (version: Version): number => split(version)?.revision ?? 1;
  return {
    ...scheme,
    form: `${scheme.form}, with _2 for its second package`,
    samples: [...scheme.samples, ...scheme.samples.map((sample) => join(sample, 64208))] as [Version, ...Version[]],
    parse: (word) => {
      const found = split(word);
      if (found === undefined || !Number.isSafeInteger(found.revision)) return undefined;
      return join(found.base, found.revision);
    },
    compare: (a, b) => scheme.compare(baseOf(a), baseOf(b)) || revisionOf(a) - revisionOf(b),
    isRelease: (version) => scheme.isRelease(baseOf(version)),
    isNightly: (version) => scheme.isNightly(baseOf(version)),
    parts: (version) => ({ ...scheme.parts(baseOf(version)), revision: String(revisionOf(version)) }),
  };
}
