import type { Step } from "@muster/history";
import type { LaunchRecord, Lease, Pipeline } from "@muster/pipeline";
import type { BuildSummary } from "../history/find-build.ts";
import type { UntoldJson } from "../notifications/untold-words.ts";

/** An instance that has not been terminated. */
export interface Machine {
  readonly instance: string;
  /** Its activity; "" where its tags name none. */
  readonly step: string;
  /** As its tags and EC2 say; `failed`: its task failed; `stopped`: by EC2's own StopInstances, so that its volume stays. */
  readonly state: "booting" | "idle" | "active" | "stopping" | "failed" | "stopped";
  /** That its tags name. */
  readonly task: string | undefined;
  /** How many tasks it has had, the one at hand included, by its name. */
  readonly tasks: number;
  readonly launchedAt: Date;
  readonly instanceType: string;
  /** The pipeline that its tags name; undefined where it bears none of Muster's tags. */
  readonly pipeline: string | undefined;
  /** Client token of the launch that it came from. */
  readonly launch: string | undefined;
}

export interface Machines {
  readonly alive: readonly Machine[];
  /** Those that EC2 shows still, though they have ended. */
  readonly gone: ReadonlySet<string>;
}

/** One worker's try at a task. */
export interface AuditedAttempt {
  readonly task: string;
  readonly step: string;
  readonly instance: string;
  readonly startedAt: Date;
  readonly endedAt: Date | undefined;
  readonly error: string | undefined;
}

export interface AuditedBuild extends BuildSummary {
  /** Whether the machines of its failed tasks stay for a look. */
  readonly keepsFailed: boolean;
  /** What `muster build` was told, where that is known. */
  readonly words: readonly string[] | undefined;
  readonly attempts: readonly AuditedAttempt[];
  /** Steps that wait for a worker which Muster launches. */
  readonly waiting: readonly Step[];
  /** Events of its history. */
  readonly events: number;
}

export interface Builds {
  /** All that run. */
  readonly running: readonly AuditedBuild[];
  /** Of those that have ended, as many as it takes to know what machines did last. */
  readonly ended: readonly AuditedBuild[];
  /** The latest ones without their histories. */
  readonly latest: readonly BuildSummary[];
}

export interface AuditedLease {
  readonly key: string;
  /** `exclusive`: a worker's, while its script runs; `repair`: a function's, while it launches. */
  readonly kind: "exclusive" | "repair";
  /** An activity; of repair also `all`. */
  readonly name: string;
  readonly lease: Lease;
}

/** An object of the state bucket of which its being there is what counts. */
export interface StoredKey {
  readonly key: string;
  readonly at: Date;
}

export interface Launches {
  /** Of the last hour all of them, and the latest before that. */
  readonly read: readonly LaunchRecord[];
  /** Client tokens of all that are kept. */
  readonly tokens: ReadonlySet<string>;
  readonly keys: readonly StoredKey[];
}

export interface AuditedDemand {
  readonly key: string;
  readonly id: string;
  readonly step: string;
  readonly task: string;
  /** The build's name. */
  readonly build: string;
  readonly enteredAt: Date;
}

export interface UntoldEnd extends UntoldJson {
  /** The build's name. */
  readonly build: string;
  readonly endedAt: Date;
}

/** What a stage consists of at one moment. Null is what could not be read, of which nothing is known. */
export interface Inventory {
  readonly now: Date;
  readonly machines: Machines | null;
  readonly builds: Builds | null;
  readonly leases: readonly AuditedLease[] | null;
  readonly launches: Launches | null;
  /** Demands that may still be answered. */
  readonly demands: readonly AuditedDemand[] | null;
  readonly demandKeys: readonly StoredKey[] | null;
  /** Requests for repair, by activity. */
  readonly requests: readonly (StoredKey & { readonly step: string })[] | null;
  /** What running builds leave for each other's functions, by build. */
  readonly ofBuilds: readonly (StoredKey & { readonly build: string })[] | null;
  /** When the reaper has marked a machine. */
  readonly marks: ReadonlyMap<string, Date> | null;
  /** Whom nobody could tell that one of the latest builds has ended. */
  readonly untold: readonly UntoldEnd[] | null;
  /** What could not be read or told, a line each. */
  readonly unread: readonly string[];
}

/** Of the stage, what the judgement of an inventory takes. */
export interface AuditedStage {
  readonly pipeline: Pipeline;
  readonly stage: string;
  readonly region: string;
  readonly stateBucket: string;
  /** Whether somebody moves its builds. */
  readonly moving: boolean;
  readonly isBilled: boolean;
  /** How often the reaper comes. */
  readonly reapEveryMs: number;
  /** How long workers wait for another task. */
  readonly idleMs: number;
  /** Of the endpoint, where clients do not find it by themselves. */
  readonly url: string | undefined;
  /** A command of Muster's, with the options that say where this one works. */
  readonly muster: (...words: string[]) => string;
}
