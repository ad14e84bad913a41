import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { placeOfUri, readSmall } from "../artifacts/read-small.ts";
import type { Stage } from "../stages/stage.ts";
import type { Item } from "./items.ts";
import { pgpKind } from "./open-pgp.ts";

/** A signature among the objects, in a file of this machine. */
export interface Signature {
  /** URI of the signature. */
  readonly uri: string;
  /** URI of what it signs: itself where it is signed inline. */
  readonly signs: string;
  readonly file: string;
}

/**
 * The signatures among the objects: files that are named after what they sign, and texts that are signed inline, such as InRelease.
 * @param folder where they are written to
 * @throws StageError where S3 does not say
 */
export async function signaturesAmong(
  { s3 }: Pick<Stage, "s3">,
  items: readonly Item[],
  folder: string,
): Promise<Signature[]> {
  const there = new Set(items.flatMap(({ uri, stored }) => (stored === undefined ? [] : [uri])));
  const signatures: Signature[] = [];
  for (const { uri } of items.filter((item) => there.has(item.uri) && maySign(item))) {
    const bytes = await readSmall(await s3(), placeOfUri(uri));
    const kind = bytes && pgpKind(bytes);
    const signed = kind === "signed text" ? uri : uri.replace(/\.[^./]+$/, "");
    if (bytes === undefined || kind === undefined || kind === "public key" || !there.has(signed)) continue;
    const file = join(folder, `${signatures.length}.sig`);
    await writeFile(file, bytes);
    signatures.push({ uri, signs: signed, file });
  }
  return signatures;
}

const MOST_BYTES = 16 * 1024 ** 2;

const maySign = ({ uri, stored }: Item): boolean =>
  (stored?.bytes ?? 0) <= MOST_BYTES && /(\/InRelease|\.(asc|sig|sign|gpg|pgp))$/.test(uri);
