import { compareDebianVersions } from "../debian/compare-versions.ts";
import type { Version } from "../version.ts";
import { type CalendarFormat, type CalendarParts, calendarFormat } from "./calendar-format.ts";
import type { VersionScheme } from "./version-scheme.ts";
import { withRevisions } from "./with-revisions.ts";

/** Each part in turn; what says less comes first, and what has a modifier, a pre-release, before what has none. */
function compareParts(a: CalendarParts, b: CalendarParts): number {
  const [{ modifier: left, numbers: first }, { modifier: right, numbers: second }] = [a, b].map(split) as [
    Split,
    Split,
  ];
  for (let index = 0; index < Math.max(first.length, second.length); index++) {
    const order = (first[index] ?? -1) - (second[index] ?? -1);
    if (order !== 0) return order;
  }
  if (left !== undefined && right !== undefined) return compareDebianVersions(left, right);
  return Number(left === undefined) - Number(right === undefined);
}

interface Split {
  readonly numbers: readonly number[];
  readonly modifier: string | undefined;
}

const split = (parts: CalendarParts): Split => ({
  numbers: [...parts.values()].filter((value) => typeof value === "number"),
  modifier: parts.get("MODIFIER") as string | undefined,
});

/** `2026.11~rc1` */
const packaged = (version: Version, { modifier = "" }: Split): string =>
  modifier === "" ? version : `${version.slice(0, -modifier.length).replace(/-$/, "")}~${modifier}`;

/** How a calendar's versions are written. */
export interface CalendarFormats {
  /**
   * Of `YYYY`, `YY`, `0Y`, `MM`, `0M`, `DD`, `0D`, `MAJOR`, `MINOR`, `MICRO`, and last `MODIFIER`, with dots or dashes between them; what stands in
   * `[ ]` may be left out.
   */
  readonly releases: string;
  /** The same for a nightly: year, month and day. There are none where absent, and a build that names no version is refused. */
  readonly nightlies?: string;
}

/**
 * Versions that are dates: `calendar({ releases: "YY.0M[.MICRO]" })` for 26.04 and 26.04.1. `[ ]` is what may be left out; what has a
 * `MODIFIER` is a pre-release. `nightlies` are versions of a day, and a build without a version makes today's.
 * @throws RangeError for formats that cannot be told apart, or are none
 * @see https://calver.org
 */
export function calendar(formats: CalendarFormats): VersionScheme {
  const releases = calendarFormat(formats.releases);
  const nightlies = formats.nightlies === undefined ? undefined : calendarFormat(formats.nightlies);
  checkNightlies(formats, releases, nightlies);
  const isNightly = (version: Version) => nightlies?.read(version) !== undefined;
  const read = (version: Version): CalendarParts => releases.read(version) ?? nightlies?.read(version) ?? new Map();
  return withRevisions({
    form: `${formats.releases} (a release)${nightlies === undefined ? "" : ` or ${formats.nightlies} (a nightly)`}`,
    examples: [...releases.examples, ...(nightlies?.examples ?? [])],
    samples: [...releases.samples, ...(nightlies?.samples ?? [])],
    parse: (word) => {
      const version = word.replace(/^v(?=\d)/, "");
      return read(version).size === 0 ? undefined : version;
    },
    compare: (a, b) => Number(isNightly(b)) - Number(isNightly(a)) || compareParts(read(a), read(b)),
    isRelease: (version) => !isNightly(version) && !read(version).has("MODIFIER"),
    isNightly,
    ...(nightlies !== undefined && { nightlyOf: nightlies.ofDay }),
    parts: (version) => ({ upstream: version, packaged: packaged(version, split(read(version))), revision: "1" }),
  });
}

function checkNightlies(
  formats: { readonly nightlies?: string },
  releases: CalendarFormat,
  nightlies: CalendarFormat | undefined,
): void {
  if (nightlies === undefined) return;
  if (!nightlies.isDay) throw new RangeError(`calendar: nightlies "${formats.nightlies}" must say a day: YYYY.0M.0D`);
  if (releases.read(nightlies.examples[0]) !== undefined || releases.read(nightlies.samples[0]) !== undefined) {
    throw new RangeError(`calendar: "${nightlies.examples[0]}" is a release and a nightly: name one of them otherwise`);
  }
}
