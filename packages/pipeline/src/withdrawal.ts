import type { Published } from "./artifacts.ts";
import type { S3Object } from "./s3-object.ts";
import type { Per, Subject } from "./subject.ts";

/** A script that takes back what users have of a version. */
export interface ScriptedWithdrawal<P extends Per = Per> {
  /** How it is taken back. */
  readonly kind: "script";
  /**
   * Run instead of the activity's own, by its workers, with its `init`, environment and permissions, and where it is
   * `exclusive` under the same lease; TAKE_BACK names the objects. What it removes or writes over, the bucket keeps as a version.
   * It may run again after an attempt that ended half way.
   */
  readonly script: string;
  /**
   * What users have until it has run, and not after it: while none of this is there, nothing is left to take back. Default
   * what the activity publishes.
   */
  readonly takes?: (subject: Subject<P>) => readonly Published[];
  /** What its script removes beside that: beginnings of keys. Default nothing. */
  readonly deletes?: readonly S3Object[];
}

/** What has left the house. */
export interface ImpossibleWithdrawal {
  /** How it is taken back: not at all. */
  readonly kind: "impossible";
  /** Why, and what a person can do about it, as it follows "cannot be taken back:". */
  readonly reason: string;
}

/** How `muster withdraw` takes back what an activity has published. */
export type Withdrawal<P extends Per = Per> = ScriptedWithdrawal<P> | ImpossibleWithdrawal;
