import type { Place } from "./place.ts";
import type { Platform } from "./platform.ts";
import { unreachable } from "./unreachable.ts";
import type { Version } from "./version.ts";

/** A version, with its platforms in this build (none where they are not known yet). */
export interface VersionSubject {
  readonly per: "version";
  readonly version: Version;
  readonly platforms: readonly Platform[];
}

/** One platform of a version, with all platforms of the version in this build. */
export interface PlatformSubject {
  readonly per: "platform";
  readonly version: Version;
  readonly platform: Platform;
  readonly platforms: readonly Platform[];
}

/** A build as a whole. */
export interface BuildSubject {
  readonly per: "build";
  /** All that it was asked for; after the versions' own steps, those of them of which no step has failed. */
  readonly versions: readonly Version[];
  /** The others of these: none before the versions' own steps. */
  readonly failedVersions: readonly Version[];
}

interface Subjects {
  readonly build: BuildSubject;
  readonly version: VersionSubject;
  readonly platform: PlatformSubject;
}

/** What an activity has one task for. */
export type Per = keyof Subjects;

/** What a task is about, as the functions of a definition are told. */
export type Subject<P extends Per = Per> = Subjects[P];

/** A version of a build, and what is made of it there. */
export interface BuildVersion {
  readonly version: Version;
  readonly platforms: readonly Platform[];
}

const fanOut: { readonly [P in Per]: (versions: readonly BuildVersion[]) => Subject<P>[] } = {
  build: (versions) => [{ per: "build", versions: versions.map(({ version }) => version), failedVersions: [] }],
  version: (versions) => versions.map(({ version, platforms }) => ({ per: "version", version, platforms })),
  platform: (versions) =>
    versions.flatMap(({ version, platforms }) =>
      platforms.map((platform) => ({ per: "platform", version, platform, platforms })),
    ),
};

/** The kinds of subject, for what nobody has compiled. */
export const isPer = (word: string): word is Per => Object.hasOwn(fanOut, word);

/** What the tasks of an activity are about in a build of these versions: the one place that fans out. */
export function subjectsOf<P extends Per>(
  { per }: { readonly per: P },
  versions: readonly BuildVersion[],
): Subject<P>[] {
  return fanOut[per](versions);
}

/** Where a task of this subject is. */
export function placeOf(subject: Subject): Place {
  switch (subject.per) {
    case "build":
      return { per: "build" };
    case "version":
      return { per: "version", version: subject.version };
    case "platform":
      return { per: "platform", version: subject.version, platform: subject.platform };
    default:
      return unreachable(subject);
  }
}
