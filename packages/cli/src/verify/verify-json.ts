import type { WithdrawalJson } from "@muster/lambdas";

/** What `verify --json` prints. null is what nobody knows. */
export interface VerifyJson {
  readonly version: string;
  /** How it was taken back; null where it was not, or was published again. */
  readonly withdrawal: WithdrawalJson | null;
  /** Whether nothing is wrong with any object; what nothing vouches for counts as well. */
  readonly good: boolean;
  /** That were read again. */
  readonly bytes: number;
  /** Those of a task together, in the pipeline's order; behind them the parts of repositories. */
  readonly objects: readonly VerifiedJson[];
  /** Where the public keys come from that signatures were held against: URIs, or the file that `--key` named. */
  readonly keys: readonly string[];
  /** What could not be read, a line each. */
  readonly unread: readonly string[];
}

export interface VerifiedJson {
  /** `s3://bucket/key` */
  readonly uri: string;
  /** null for a part of a repository that no attempt of the version made. */
  readonly task: string | null;
  readonly step: string | null;
  readonly platform: string | null;
  /** null where it is gone. */
  readonly bytes: number | null;
  /** Of what was read, in hex; null where it could not be read. */
  readonly sha256: string | null;
  /** null: nothing vouches for it; or it is gone from scratch, where nothing stays, or was taken back. */
  readonly good: boolean | null;
  readonly checks: readonly CheckJson[];
}

export interface CheckJson {
  /**
   * `s3`: the checksum that S3 keeps; `metadata`: the digest that muster-s3 wrote with it; `record`: the attempt's, or that of the later attempt which replaced it;
   * `stated`: a file of checksums or an index; `signature`; `repository`: users' tools find it; `there`: it is there at all; `withdrawn`:
   * it is not, for its version was taken back.
   */
  readonly check: "s3" | "metadata" | "record" | "stated" | "signature" | "repository" | "there" | "withdrawn";
  /** What says so: a URI, or a build and its task. */
  readonly by: string | null;
  /** null: it could not be checked. */
  readonly good: boolean | null;
  readonly says: string;
}
