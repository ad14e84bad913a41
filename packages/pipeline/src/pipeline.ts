import type { Activity } from "./activity.ts";
import type { BuildInput } from "./build-input.ts";
import type { Channel } from "./channel.ts";
import type { BuildFlow } from "./flow.ts";
import type { Inputs } from "./input.ts";
import type { Notification } from "./notification.ts";
import type { Platforms } from "./platform.ts";
import type { BucketRole, S3Object } from "./s3-object.ts";
import type { Version } from "./version.ts";
import type { VersionScheme } from "./versions/version-scheme.ts";

export interface PipelineDefinition {
  /** Lower-case letters, digits and dashes; AWS names start with it: `hhvm` → `hhvm-make-source-tarball`. */
  readonly name: string;
  /** What it releases, in one line, for `muster help build` and whoever operates its stage. */
  readonly summary: string;
  /** What each version is built for: the same for all, or what a file of the version lists. */
  readonly platforms: Platforms;
  /**
   * How versions are written, ordered and called; where absent releases are N.N.N and nightlies YYYY.MM.DD. Where it is there,
   * scripts also get what packages are called.
   */
  readonly versions?: VersionScheme;
  /**
   * What each version goes through, and what the build does once before and after that: `forEachVersion(…)`, or a
   * `sequence(…)` of which that is a step.
   */
  readonly flow: BuildFlow;
  /** The object that everything in a release starts from: tasks get it as S3_BUCKET, S3_PATH and S3_SOURCE. */
  readonly source?: (version: Version) => S3Object;
  /**
   * What a build may be told by `--input name=value`, by name: lower-case letters, digits and underscores. Scripts get it as
   * INPUT_NAME. No secrets: whoever sees a build sees its inputs.
   */
  readonly inputs?: Inputs;
  /** Environment of every task of a version beyond the standard one; an activity's `env` wins over it. */
  readonly env?: (subject: { version: Version; build: BuildInput }) => Readonly<Record<string, string>>;
  /**
   * SSM parameter of the workers' image. People reach a worker through Session Manager if the image brings its agent: Ubuntu's and Amazon Linux's do,
   * Debian's do not.
   * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/ami-preinstalled-agent.html
   */
  readonly image: string;
  /** The script that tasks of fake builds run instead of their own; relative to the pipeline's folder, or a `file:` URL. */
  readonly dummyScript: string;
  /** Names of buckets that are there already, by role: `scratch` and `downloads` for most; a role without one gets a bucket of the stage's own. */
  readonly buckets?: Partial<Record<BucketRole, string>>;
  /**
   * By which ways versions reach users, each of which knows nothing of the others'; a version is in the first that includes
   * it, and a build of one that is in none is refused. One for all where absent.
   */
  readonly channels?: readonly Channel[];
  /** Paths that the CDN must fetch anew after publishing, from `/` on, with `*` at the end at most: `/debian/dists/*`. */
  readonly invalidates: readonly string[];
  /** Prefixes of the download bucket for which index pages are written; all where absent. */
  readonly indexes?: readonly string[];
  /**
   * Who is told that a build has ended: each end once, by a function, whatever becomes of it. A stage says whether it tells
   * them, and whom; builds that publish nothing (`--fake-ec2`, `--skip-ec2`, `--test-build`) tell nobody.
   */
  readonly notifies?: readonly Notification[];
}

export interface Pipeline extends PipelineDefinition {
  /** In the order in which a build comes to them. */
  readonly activities: readonly Activity[];
}

/** @throws RangeError when the pipeline has no activity of that name */
export function activityNamed(pipeline: Pipeline, name: string): Activity {
  const found = pipeline.activities.find((activity) => activity.name === name);
  if (found === undefined) throw new RangeError(`pipeline "${pipeline.name}" has no activity "${name}"`);
  return found;
}
