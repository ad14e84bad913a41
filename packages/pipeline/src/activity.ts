import type { Artifacts, BuildStatus } from "./artifacts.ts";
import type { BuildInput } from "./build-input.ts";
import type { Seconds } from "./duration.ts";
import type { Platform } from "./platform.ts";
import type { Retry } from "./retries.ts";
import type { S3Object } from "./s3-object.ts";
import type { Per, Subject } from "./subject.ts";
import type { Version } from "./version.ts";
import type { Withdrawal } from "./withdrawal.ts";

/** Whether a task runs, and why. */
export interface Decision {
  /** Whether the task runs; where it does not, the step is skipped, and has not failed. */
  readonly run: boolean;
  /** The evidence, as a person reads it: `s3://…/hhvm-4.28.2.tar.gz exists`. */
  readonly reason: string;
  /** Objects from which its script puts back what it produces, as RESTORE_FROM, instead of making it anew: what `restoredFrom` answers where that decides. */
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

/** What `shouldRun` is told, and may ask, besides what its task is about. */
export interface Asking<P extends Per = Per> {
  /** What the build was asked for. */
  readonly build: BuildInput;
  /**
   * How far artifacts have come: `status(activity)` for what the task itself is about, and for what is within it. A step of
   * a version asks `status(activity, platform)`, one of a build `status(activity, version)` and `status(activity, version,
   * platform)`. Instead of an activity, it may be asked of `{ produces, publishes }`. The answer is `succeeded`,
   * `built_not_published` or `not_built`.
   */
  readonly status: StatusQuestions[P];
  /**
   * For how many days apt takes what a suite's index says, from now on; undefined where that sets no term, or there is none.
   * The suite is the folder of its InRelease, in the bucket of downloads.
   */
  readonly daysValid: (suite: string) => Promise<number | undefined>;
}

/** What `shouldRun` may ask. */
export type Question<P extends Per = Per> = Subject<P> & Asking<P>;

/** What an activity's workers are. */
export interface WorkerMachine {
  /** Instance types that will do, best first. */
  readonly instanceTypes: readonly [string, ...string[]];
  /** Size of the root volume in gigabytes; the image's own where absent. */
  readonly rootVolumeGb?: number;
  /** Where capacity comes from. Default `on-demand`; a task that was interrupted twice gets on-demand. */
  readonly market?: "on-demand" | "spot" | "spot-then-on-demand";
  /** Of all its instance types, of its image and of the agent. Default `x86_64`. */
  readonly architecture?: "x86_64" | "arm64";
  /** Zones it must run in, for example because of a volume there; anywhere where absent. */
  readonly availabilityZones?: readonly string[];
  /** SSM parameter with the image's id; the pipeline's `image` where absent. */
  readonly image?: string;
  /**
   * What one costs in US dollars an hour, for plans: a discount, another region, a type that Muster has no price of.
   * Where absent, roughly what the first of its types costs on demand.
   */
  readonly pricePerHour?: number;
}

/** A key of KMS by which tasks of one activity may decrypt. */
export interface KmsKey {
  /** Which kind of secret it is. */
  readonly kind: "kms-key";
  /** With its prefix: `alias/hhvm-signing-key`. On a stage that does not bear the pipeline's name it has the stage's before it. */
  readonly alias: string;
}

/** A secret of Secrets Manager whose value tasks of one activity may read. */
export interface StoredSecret {
  /** Which kind of secret it is. */
  readonly kind: "secrets-manager";
  /** `hhvm/docker-hub`. On a stage that does not bear the pipeline's name it has the stage's before it, in scripts SECRET_PREFIX. */
  readonly name: string;
}

/** What is secret, and which tasks may have. */
export type Secret = KmsKey | StoredSecret;

/** Permissions of an activity's workers on AWS; objects are named by prefixes of keys in the stage's buckets. */
export interface Access<P extends Per = Per> {
  /** What its tasks read or look for, also of what they write themselves. Default nothing. */
  readonly reads?: readonly S3Object[];
  /** What its tasks write, all of it, also as a function of what a task is about; what the activity produces and publishes where absent. */
  readonly writes?: readonly S3Object[] | ((subject: Subject<P>) => readonly S3Object[]);
  /** What its tasks remove. Default nothing. */
  readonly deletes?: readonly S3Object[];
  /** Buckets that are there already and belong to no stage, by name, read and written as a whole; nothing is removed there. For example a cache. */
  readonly otherBuckets?: readonly string[];
  /** Repositories of the account's container registry (ECR), by name, that its tasks push to. */
  readonly imageRepositories?: readonly string[];
  /** EBS volumes, by their Name tag, that its `init` attaches to the worker and detaches; named like secrets, in scripts by VOLUME_PREFIX. */
  readonly volumes?: readonly string[];
}

/** `predecessors-succeeded`: nothing before it has failed, inside of what comes before it neither. `always`: whatever has. */
export type RunsWhen = "predecessors-succeeded" | "always";

export interface DefinitionPer<P extends Per> extends Artifacts<P> {
  /** In UpperCamelCase, its own: `MakeBinaryPackage`. Its tasks are called `MakeBinaryPackage-1.2.3-debian-12-bookworm`. */
  readonly name: string;
  /** One task a version, one for each of its platforms, or a single one in a build; it says where in a flow the activity can stand. */
  readonly per: P;
  /**
   * Run for each task, in a fresh folder; exit code 0 is success. Like `init`, `afterTask` and `check` a path relative to the
   * pipeline's folder, or the `file:` URL of a script in a package.
   */
  readonly script: string;
  /**
   * Sourced once on a worker before its first task: what it exports reaches every task. It may declare `cleanup()`, which runs
   * before the worker ends.
   */
  readonly init?: string;
  /** Run after each task with SUCCESS=true or false; its failure changes nothing. */
  readonly afterTask?: string;
  /**
   * Run before a build starts on one machine, in a task's environment, once for each platform that has something to do: where
   * it fails, nothing is started, and its last line says why. For what a machine lacks, and for sources that are gone.
   */
  readonly check?: string;
  /**
   * A task's longest run, counted from when a worker takes it: more than a minute, at most a year. The script is ended a minute
   * earlier, so that the failure comes with its log.
   */
  readonly timeout: Seconds;
  /**
   * How long a task usually takes, for plans of a stage that has no record of one yet: `muster build --plan` goes by what
   * it has seen as soon as there is something. Less than `timeout`.
   */
  readonly estimatedDuration?: Seconds;
  /** A task whose worker is silent this long is given to another: 3 seconds or more, less than `timeout`. Default 5 minutes. */
  readonly heartbeat?: Seconds;
  /** A task that waited this long while its activity had no live worker fails as `Muster.NoWorkerStarted`. Default 30 minutes. */
  readonly startTimeout?: Seconds;
  /** A script that prints nothing this long is hung, is ended, and fails as `Muster.LogIdle`. Off where absent. */
  readonly logIdleTimeout?: Seconds;
  /**
   * Which failures are tried again; with an empty list none. Default: all, after 1 and 5 minutes. The first rule that
   * names an error decides, and no rule is asked of lost machines, which cost no attempt of the script's.
   */
  readonly retries?: readonly Retry[];
  /** The machine that EC2 starts for it. */
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
  /** Environment of its tasks beyond the standard one and the pipeline's, over which it wins. */
  readonly env?: (subject: Subject<P> & { readonly build: BuildInput }) => Readonly<Record<string, string>>;
  /**
   * Whether a success changes what users download, so that indices and CDN follow. Default false. A build's own task does
   * so when it would for any of the build's versions.
   */
  readonly changesDownloads?: boolean | ((version: Version) => boolean);
  /**
   * How `muster withdraw` takes back what it has published of a version: by a script, or not at all, and then why. Where
   * absent it stays.
   */
  readonly withdraw?: Withdrawal<P>;
  /** Whether a test build may run it. Default false. */
  readonly testBuild?: boolean;
  /** What its tasks may do on AWS; where absent, write what it produces and publishes. */
  readonly access?: Access<P>;
  /** Keys and secrets that its tasks, and no other activity's, may use on AWS. */
  readonly secrets?: readonly Secret[];
}

/** What is to be said of a kind of step; its functions are told what its tasks are about. */
export type ActivityDefinition<P extends Per = Per> = { readonly [K in P]: DefinitionPer<K> }[P];

export interface ActivityPer<P extends Per> extends DefinitionPer<P> {
  readonly kind: "activity";
  readonly heartbeat: Seconds;
  readonly startTimeout: Seconds;
}

/** One kind of step, with its defaults filled in. */
export type Activity<P extends Per = Per> = { readonly [K in P]: ActivityPer<K> }[P];
