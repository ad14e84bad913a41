import { downloads, type S3Object } from "./s3-object.ts";
import type { Per, Subject } from "./subject.ts";

/** How far a task's artifacts have come. */
export type BuildStatus = "succeeded" | "built_not_published" | "not_built";

/** A package that users get from an apt repository: the suite's signed index names it, and what the index names is there. */
export interface AptPackage {
  readonly kind: "apt-package";
  /** The folder of its InRelease, in the bucket of downloads: `debian/dists/bookworm`. */
  readonly suite: S3Object;
  readonly package: string;
  /** As dpkg has it: `4.28.2-1~bookworm`. */
  readonly version: string;
  /** Any where absent. */
  readonly architecture?: string;
}

/** @param suite the folder of its InRelease, in the bucket of downloads: `debian/dists/bookworm` */
export function aptPackage({
  suite,
  ...named
}: { readonly suite: string } & Pick<AptPackage, "package" | "version" | "architecture">): AptPackage {
  return { kind: "apt-package", suite: downloads(suite), ...named };
}

/** What shows that something is where users get it: a file that they download, a package that their apt installs. */
export type Published = S3Object | AptPackage;

export const isAptPackage = (published: Published): published is AptPackage => "kind" in published;

/** What something makes, and where it goes: an activity, or one of several things that an activity makes. */
export interface Artifacts<P extends Per> {
  /** Objects in scratch that show the task is done, though not published. */
  readonly produces?: (subject: Subject<P>) => readonly S3Object[];
  /** What shows that the task is done, and users get it. */
  readonly publishes?: (subject: Subject<P>) => readonly Published[];
}

/** All objects that something makes for a subject, wherever they lie; an index that names a package is whoever publishes its. */
export function objectsOf<P extends Per>({ produces, publishes }: Artifacts<P>, subject: Subject<P>): S3Object[] {
  const published = publishes?.(subject) ?? [];
  return [...(produces?.(subject) ?? []), ...published.filter((each): each is S3Object => !isAptPackage(each))];
}
