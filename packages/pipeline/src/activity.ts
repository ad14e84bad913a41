import type { Artifacts, BuildStatus } from "./artifacts.ts";
import type { BuildInput } from "./build-input.ts";
import type { Seconds } from "./duration.ts";
import type { Platform } from "./platform.ts";
import type { Retry } from "./retries.ts";
import type { S3Object } from "./s3-object.ts";
import type { Per, Subject } from "./subject.ts";
import type { Version } from "./version.ts";

export interface Decision {
  readonly run: boolean;
  /** The evidence, as a person reads it: `s3://…/hhvm-4.28.2.tar.gz exists`. */
  readonly reason: string;
  /** What its script takes what it produces from, instead of making it anew; see ActivityDefinition.restoredFrom. */
  readonly restore?: readonly S3Object[];
}

/** How far an activity's artifacts, or some of them, have come for what a task is about. */
interface StatusQuestions {
  readonly build: {
    /** For this build. */
    (of: Artifacts<"build">): Promise<BuildStatus>;
    /** For one version. */
    (of: Artifacts<"version">, version: Version): Promise<BuildStatus>;
    /** For one version on one platform. */
    (of: Artifacts<"platform">, version: Version, platform: Platform): Promise<BuildStatus>;
  };
  readonly version: {
    /** For this version. */
    (of: Artifacts<"version">): Promise<BuildStatus>;
    /** For this version on one platform. */
    (of: Artifacts<"platform">, platform: Platform): Promise<BuildStatus>;
  };
  readonly platform: {
    /** For this version, on this platform or another. */
    (of: Artifacts<"platform">, platform?: Platform): Promise<BuildStatus>;
    /** For this version. */
    (of: Artifacts<"version">): Promise<BuildStatus>;
  };
}

/** What `shouldRun` may ask. */
export type Question<P extends Per = Per> = Subject<P> & {
  readonly build: BuildInput;
  readonly status: StatusQuestions[P];
  /**
   * How long apt takes what a suite's index says, from now on; undefined where that sets no term, or there is none.
   * @param suite the folder of its InRelease, in the bucket of downloads
   */
  readonly daysValid: (suite: string) => Promise<number | undefined>;
};

export interface WorkerMachine {
  /** Instance types that will do, best first. */
  readonly instanceTypes: readonly [string, ...string[]];
  /** Size of the root volume; the image's own where absent. */
  readonly rootVolumeGb?: number;
  /** Default `on-demand`. */
  readonly market?: "on-demand" | "spot" | "spot-then-on-demand";
  /** Default `x86_64`. */
  readonly architecture?: "x86_64" | "arm64";
  /** Zones it must run in, for example because of a volume there; anywhere where absent. */
  readonly availabilityZones?: readonly string[];
  /** SSM parameter with the image's id; the pipeline's `image` where absent. */
  readonly image?: string;
}

/** A secret that tasks of one activity may read. */
export type Secret =
  | { readonly kind: "kms-key"; readonly alias: string }
  | { readonly kind: "secrets-manager"; readonly name: string };

/** Permissions of an activity's workers on AWS; objects are named by prefixes of keys in the stage's buckets. */
export interface Access<P extends Per = Per> {
  /** What its tasks read or look for, also of what they write themselves. */
  readonly reads?: readonly S3Object[];
  /** What its tasks write, all of it; what the activity produces and publishes where absent. */
  readonly writes?: readonly S3Object[] | ((subject: Subject<P>) => readonly S3Object[]);
  /** What its tasks remove. Default nothing. */
  readonly deletes?: readonly S3Object[];
  /** Buckets that are there already and belong to no stage, by name, read and written as a whole; nothing is removed there. For example a cache. */
  readonly otherBuckets?: readonly string[];
  /** Repositories of the account's container registry (ECR), by name, that its tasks push to. */
  readonly imageRepositories?: readonly string[];
  /** EBS volumes, by their Name tag, that its `init` attaches to the worker and detaches. */
  readonly volumes?: readonly string[];
}

/** `predecessors-succeeded`: nothing before it has failed, inside of what comes before it neither. `always`: whatever has. */
export type RunsWhen = "predecessors-succeeded" | "always";

interface DefinitionPer<P extends Per> extends Artifacts<P> {
  /** The activity's name, in UpperCamelCase: `MakeBinaryPackage`. */
  readonly name: string;
  /** One task a version, one for each of its platforms, or a single one in a build. */
  readonly per: P;
  /** Run for each task; a path relative to the pipeline's folder, or a `file:` URL. So are `init` and `afterTask`. */
  readonly script: string;
  /** Sourced once on a worker before its first task; may declare `cleanup()`. */
  readonly init?: string;
  /** Run after each task with SUCCESS=true or false. */
  readonly afterTask?: string;
  /** A task's longest run, counted from when a worker takes it. */
  readonly timeout: Seconds;
  /** A task whose worker is silent this long is given to another. Default 300. */
  readonly heartbeat?: Seconds;
  /** How long a task may wait while its activity has no live worker. Default 30 minutes. */
  readonly startTimeout?: Seconds;
  /** A script that prints nothing this long is hung. Off where absent. */
  readonly logIdleTimeout?: Seconds;
  /**
   * Which failures are tried again; with an empty list none. Default: all, after 1 and 5 minutes. The first rule that
   * names an error decides, and no rule is asked of lost machines, which cost no attempt of the script's.
   */
  readonly retries?: readonly Retry[];
  readonly worker: WorkerMachine;
  /** At most this many workers at once; as many as the matrix has tasks where absent. */
  readonly maxWorkers?: number;
  /** At most one task at a time over all builds, by a lease. */
  readonly exclusive?: boolean;
  /**
   * Which platforms a step of a version is about, of all that the version has, as far as it is not about each of them: a
   * build that was asked for others only leaves it out.
   */
  readonly worksOn?: P extends "version" ? (subject: Subject<"version">) => readonly Platform[] : never;
  /**
   * Where what it produces lies once it is published, in the same order. Where the former has expired and the latter is
   * there, its script runs with RESTORE_FROM: it checks what it finds there, puts it back, and makes nothing anew.
   */
  readonly restoredFrom?: (subject: Subject<P>) => readonly S3Object[];
  /**
   * Whether it wants the success of what comes before it. Where absent, a failed step of its own branch, platform or version
   * skips it, and one inside of a `parallel` or `forEachPlatform` before it does not. It is left out all the same where it
   * has nothing to do.
   */
  readonly runsWhen?: RunsWhen;
  /** Overrides the rule "run unless done"; the rule stays where it answers nothing. */
  readonly shouldRun?: (question: Question<P>) => Promise<Decision | undefined>;
  /** Environment of its tasks beyond the standard one. */
  readonly env?: (subject: Subject<P> & { readonly build: BuildInput }) => Readonly<Record<string, string>>;
  /**
   * Whether a success changes what users download, so that indices and CDN follow. Default false. A build's own task does
   * so when it would for any of the build's versions.
   */
  readonly changesDownloads?: boolean | ((version: Version) => boolean);
  /** Whether a test build may run it. Default false. */
  readonly testBuild?: boolean;
  /** What its tasks may do on AWS; where absent, write what it produces and publishes. */
  readonly access?: Access<P>;
  readonly secrets?: readonly Secret[];
}

/** What is to be said of a kind of step; its functions are told what its tasks are about. */
export type ActivityDefinition<P extends Per = Per> = { readonly [K in P]: DefinitionPer<K> }[P];

interface ActivityPer<P extends Per> extends DefinitionPer<P> {
  readonly kind: "activity";
  readonly heartbeat: Seconds;
  readonly startTimeout: Seconds;
}

/** One kind of step, with its defaults filled in. */
export type Activity<P extends Per = Per> = { readonly [K in P]: ActivityPer<K> }[P];

/** Declares a kind of step; the state machine, queue, machine, roles and reports follow from it. */
export function activity<P extends Per>(definition: DefinitionPer<P>): Activity<P> {
  const { heartbeat = 300, startTimeout = 1800 } = definition;
  return { ...definition, heartbeat, startTimeout, kind: "activity" } as ActivityPer<P>;
}
