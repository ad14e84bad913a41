import { compareDebianVersions } from "./debian/compare-versions.ts";
import { InvalidConfigurationError, InvalidInputError } from "./muster-error.ts";
import type { Version } from "./version.ts";
import type { VersionScheme } from "./versions/version-scheme.ts";

/**
 * One way by which versions reach users. Who follows one gets no version of another: they differ in the package's name
 * or in the suites that it lies in.
 */
export interface Channel {
  /** `release`, `candidate`, `nightly`. */
  readonly name: string;
  /** Whether a version reaches users by it; none has releases and nightlies, for to dpkg every nightly is newer than any release. */
  readonly includes: (version: Version) => boolean;
  /** What its package is called; the pipeline's name where absent. */
  readonly packageName?: string;
  /** What its suite for a distribution is called; as that itself, `bookworm`, where absent. */
  readonly suite?: (codename: string) => string;
}

/**
 * The first that includes a version.
 * @throws InvalidInputError where none does
 */
export function channelOf(channels: readonly Channel[], version: Version): Channel {
  const found = channels.find((channel) => channel.includes(version));
  if (found !== undefined) return found;
  const names = channels.map(({ name }) => name).join(", ");
  throw new InvalidInputError(`${version} is of no channel`, { hint: `the pipeline has the channels ${names}` });
}

/** Why users of one channel would get versions of another. */
export function channelProblems(
  pipelineName: string,
  channels: readonly Channel[],
  { examples, isNightly, isRelease }: VersionScheme,
): string[] {
  const wayOf = ({ packageName = pipelineName, suite }: Channel) =>
    `${packageName} ${suite?.("codename") ?? "codename"}`;
  const pairs = channels.flatMap((first, index) => channels.slice(index + 1).map((second) => [first, second] as const));
  return [
    ...(channels.length > 0 ? [] : ["it has no channel: leave channels out for one of all versions"]),
    ...channels
      .filter(({ includes }) => [isRelease, isNightly].every((isOne) => examples.filter(isOne).some(includes)))
      .map(
        ({ name }) => `the channel ${name} has releases and nightlies: to dpkg every nightly is newer than any release`,
      ),
    ...pairs.flatMap(([first, second]) => {
      if (first.name === second.name) return [`the channel ${first.name} is there twice`];
      if (wayOf(first) !== wayOf(second)) return [];
      return [
        `the channels ${first.name} and ${second.name} have package and suite in common: give one a packageName or suite of its own`,
      ];
    }),
  ];
}

/**
 * Sees to it that an upgrade is one to dpkg too: of the versions of one package in one suite, oldest first.
 * @throws InvalidConfigurationError naming two that dpkg has in another order
 */
export function checkDebianOrder(debianVersions: readonly string[]): void {
  for (const [index, newer] of debianVersions.entries()) {
    const older = debianVersions[index - 1];
    if (older !== undefined && compareDebianVersions(older, newer) > 0) {
      throw new InvalidConfigurationError(`${newer} comes after ${older}, and is the older one to dpkg`, {
        hint: "nobody would get it as an upgrade: give it a channel, a package name or an epoch of its own",
      });
    }
  }
}
