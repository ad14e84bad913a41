import { downloads, type S3Object } from "./s3-object.ts";
import type { Per, Subject } from "./subject.ts";

/** How far a task's artifacts have come. */
export type BuildStatus = "succeeded" | "built_not_published" | "not_built";

/** A package that users get from an apt repository: the suite's signed index names it, and what the index names is there. */
export interface AptPackage {
  readonly kind: "apt-package";
  /** The folder of its InRelease, in the bucket of downloads: `debian/dists/bookworm`. */
  readonly suite: S3Object;
  /** As its control file has it. */
  readonly package: string;
  /** As dpkg has it: `4.28.2-1~bookworm`. */
  readonly version: string;
  /** `amd64`, `arm64`, `all`; any where absent. */
  readonly architecture?: string;
}

/** What `aptPackage` is told. */
export interface NamedPackage extends Pick<AptPackage, "package" | "version" | "architecture"> {
  /** The folder of its InRelease, in the bucket of downloads: `debian/dists/bookworm`. */
  readonly suite: string;
}

/**
 * A package that users' apt installs: it is there when the suite's InRelease vouches for an index that names it, and the file
 * that this names is there.
 */
export function aptPackage({ suite, ...named }: NamedPackage): AptPackage {
  return { kind: "apt-package", suite: downloads(suite), ...named };
}

/** What shows that something is where users get it: a file that they download, a package that their apt installs. */
export type Published = S3Object | AptPackage;

export const isAptPackage = (published: Published): published is AptPackage => "kind" in published;

/** What something makes, and where it goes: an activity, or one of several things that an activity makes. */
export interface Artifacts<P extends Per> {
  /**
   * Objects that show that the task has made something, though users do not get it. All are there: it is not run again. What
   * lies in scratch expires.
   */
  readonly produces?: (subject: Subject<P>) => readonly S3Object[];
  /**
   * What shows that users get it: objects where they download, and packages that their apt finds. Without this and
   * `produces` a task runs in every build.
   */
  readonly publishes?: (subject: Subject<P>) => readonly Published[];
}

/** All objects that something makes for a subject, wherever they lie; an index that names a package is whoever publishes its. */
export function objectsOf<P extends Per>({ produces, publishes }: Artifacts<P>, subject: Subject<P>): S3Object[] {
  const published = publishes?.(subject) ?? [];
  return [...(produces?.(subject) ?? []), ...published.filter((each): each is S3Object => !isAptPackage(each))];
}
