import { createHash } from "node:crypto";
import { isConditionFailed, isMissingObject, receiveObject } from "@muster/records";
import { notKnown } from "../artifacts/head-artifact.ts";
import { placeOfUri } from "../artifacts/read-small.ts";
import type { Stage } from "../stages/stage.ts";
import type { SignatureCheck } from "./gpgv.ts";
import type { Item } from "./items.ts";

/** What an object was found to be. */
export type ReadItem =
  | { readonly kind: "read"; readonly bytes: number; readonly sha256: string }
  | { readonly kind: "unlike its checksum" | "gone" | "replaced meanwhile" };

export interface Reading {
  /** Signatures that want to see what they sign. */
  readonly signatures: readonly SignatureCheck[];
  readonly signal: AbortSignal;
  /** So many more bytes have come. */
  readonly onBytes: (bytes: number) => void;
}

/**
 * Reads an object once, whatever its size, past everybody who wants to see it.
 * @throws StageError where S3 does not give it
 */
export async function readItem(
  { s3 }: Pick<Stage, "s3">,
  { uri, stored }: Item,
  { signatures, signal, onBytes }: Reading,
): Promise<ReadItem> {
  const hash = createHash("sha256");
  let received = 0;
  try {
    const { bytes } = await receiveObject(await s3(), placeOfUri(uri), { ifMatch: stored?.etag });
    for await (const part of bytes) {
      signal.throwIfAborted();
      hash.update(part);
      received += part.length;
      onBytes(part.length);
      for (const signature of signatures) await signature.write(part);
    }
  } catch (error) {
    signal.throwIfAborted();
    if (isMissingObject(error)) return { kind: "gone" };
    if (isConditionFailed(error)) return { kind: "replaced meanwhile" };
    if (isUnlikeChecksum(error)) return { kind: "unlike its checksum" };
    throw notKnown(`what ${uri} holds`, error);
  }
  return { kind: "read", bytes: received, sha256: hash.digest("hex") };
}

/** The SDK compares what comes with the checksum that S3 sends. */
const isUnlikeChecksum = (error: unknown): boolean =>
  error instanceof Error && /^checksum mismatch/i.test(error.message);
