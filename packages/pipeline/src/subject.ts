import type { Place } from "./place.ts";
import type { Platform } from "./platform.ts";
import { unreachable } from "./unreachable.ts";
import type { Version } from "./version.ts";

/** A version's platforms, as far as they are known; none before GetPlatformsForVersion. */
export interface PlatformsOfVersion {
  /** All that the version has, whatever the build was asked for: what a step of the version works on. */
  readonly platforms: readonly Platform[];
  /** Those of them that this build makes. */
  readonly buildPlatforms: readonly Platform[];
}

/** A version of a build. */
export interface VersionSubject extends PlatformsOfVersion {
  /** What its task is about, as a word. */
  readonly per: "version";
  /** As the pipeline writes it. */
  readonly version: Version;
}

/** One platform of a version. */
export interface PlatformSubject extends PlatformsOfVersion {
  /** What its task is about, as a word. */
  readonly per: "platform";
  /** As the pipeline writes it. */
  readonly version: Version;
  /** The one that the task is for. */
  readonly platform: Platform;
}

/** A build as a whole. */
export interface BuildSubject {
  /** What its task is about, as a word. */
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

/** A version of a build. */
export interface BuildVersion extends PlatformsOfVersion {
  readonly version: Version;
}

const fanOut: { readonly [P in Per]: (versions: readonly BuildVersion[]) => Subject<P>[] } = {
  build: (versions) => [{ per: "build", versions: versions.map(({ version }) => version), failedVersions: [] }],
  version: (versions) => versions.map((each) => ({ ...each, per: "version" })),
  platform: (versions) =>
    versions.flatMap((each) => each.buildPlatforms.map((platform) => ({ ...each, per: "platform", platform }))),
};

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
