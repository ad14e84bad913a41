import type { StoredFacts } from "./head-artifact.ts";
import type { Upload } from "./recorded-uploads.ts";
import type { TaskPlace } from "./task-place.ts";

/** The digest that something beside an object says that it has. */
export interface StatedDigest {
  readonly sha256: string;
  /** URI of what says so: a file of checksums, an index. */
  readonly by: string;
}

/** What became of an object that a version's steps made. */
export type ArtifactState =
  /** It is there, and is what was made, as far as can be told without reading it. */
  | "there"
  /** A later attempt of the same step wrote it anew: an index that versions share. */
  | "replaced"
  /** It is there with another content than its attempt recorded, and no attempt recorded that. */
  | "changed"
  /** It was made, and is not there any longer. */
  | "gone";

/** An object that a version's steps produced or published. */
export interface Artifact extends TaskPlace {
  /** `s3://bucket/key` */
  readonly uri: string;
  readonly bucket: "scratch" | "downloads";
  readonly state: ArtifactState;
  /** undefined where it is gone. */
  readonly stored: StoredFacts | undefined;
  /** Of the latest attempt that recorded it; undefined where none did. */
  readonly recorded: Upload | undefined;
  /** Where it was replaced: the upload that did. */
  readonly replacement: Upload | undefined;
  readonly stated: readonly StatedDigest[];
}

/** Where a digest comes from. */
export type DigestSource = "s3" | "metadata" | "stated" | "record";

/** What an object's digest is, by whoever is nearest to it; undefined where nothing says. */
export function digestOf({
  stored,
  stated,
  recorded,
  state,
}: Artifact): { sha256: string; from: DigestSource } | undefined {
  if (stored?.checksum !== undefined) return { sha256: stored.checksum, from: "s3" };
  if (stored?.metadata !== undefined) return { sha256: stored.metadata, from: "metadata" };
  const [first] = stated;
  if (first !== undefined) return { sha256: first.sha256, from: "stated" };
  if (recorded === undefined || stored === undefined || state === "replaced") return undefined;
  // What was stored after the attempt's end is something else.
  const isAttempts = +(stored.storedAt ?? 0) <= +recorded.maker.finishedAt + CLOCKS_DIFFER_MS;
  return isAttempts ? { sha256: recorded.sha256, from: "record" } : undefined;
}

const CLOCKS_DIFFER_MS = 5 * 60_000;
