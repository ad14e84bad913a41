import type { StatedDigest } from "../artifacts/artifact.ts";

/** What repositories that have objects of a version say of them, as users' apt and dnf read it. */
export interface RepositoryFindings {
  /** What holds the repositories together, to be read like the version's own objects: each is there, or something is wrong. */
  readonly parts: readonly string[];
  /** What an index says of an object, by the object's URI. */
  readonly stated: readonly (readonly [uri: string, stated: StatedDigest])[];
  /** What is wrong with an object beside its content. */
  readonly problems: readonly (readonly [uri: string, says: string])[];
  /** Where public keys may lie. */
  readonly keys: readonly string[];
}

export function joined(findings: readonly RepositoryFindings[]): RepositoryFindings {
  return {
    parts: findings.flatMap(({ parts }) => parts),
    stated: findings.flatMap(({ stated }) => stated),
    problems: findings.flatMap(({ problems }) => problems),
    keys: findings.flatMap(({ keys }) => keys),
  };
}
