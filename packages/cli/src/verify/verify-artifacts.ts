import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withdrawalJson, withdrawalOf } from "@muster/lambdas";
import type { VersionArtifacts } from "../artifacts/find-artifacts.ts";
import { mapAtMost } from "../artifacts/map-at-most.ts";
import type { Stage } from "../stages/stage.ts";
import { verified } from "./checks-of.ts";
import { checkSignature } from "./gpgv.ts";
import { type Item, itemsOf } from "./items.ts";
import { type Keyring, keysInFile, publishedKeys } from "./keyring.ts";
import { type Reading, readItem } from "./read-item.ts";
import { type Signature, signaturesAmong } from "./signatures.ts";
import type { CheckJson, VerifiedJson, VerifyJson } from "./verify-json.ts";

export interface Verification {
  /** A file with the public keys to hold signatures against; those that are published where absent. */
  readonly key: string | undefined;
  readonly now: Date;
  readonly signal: AbortSignal;
  readonly progress: VerifyProgress;
}

export interface VerifyProgress {
  begin(total: { readonly objects: number; readonly bytes: number }): void;
  onBytes(bytes: number): void;
  onObject(): void;
}

/** Objects that are read at once: enough to fill a line, few enough to hold little. */
const AT_ONCE = 4;

/** Reads every object of a version again, and holds it against all that says what it should be. */
export async function verifyArtifacts(
  stage: Stage,
  found: VersionArtifacts,
  { key, now, signal, progress }: Verification,
): Promise<VerifyJson> {
  const given = key === undefined ? undefined : await keysInFile(key);
  const withdrawn = await withdrawalOf(await stage.s3(), stage.description.buckets.state, found.version);
  const { items, keys } = await itemsOf(stage, found, { now });
  const folder = await mkdtemp(join(tmpdir(), "muster-verify-"));
  try {
    const signatures = await signaturesAmong(stage, items, folder);
    const ring = given ?? (signatures.length > 0 ? await publishedKeys(stage, keys) : NO_KEYS);
    const keyring = join(folder, "keyring.gpg");
    await writeFile(keyring, ring.bytes);
    const bytes = items.reduce((sum, { stored }) => sum + (stored?.bytes ?? 0), 0);
    progress.begin({ objects: items.length, bytes });
    const objects = await mapAtMost(AT_ONCE, items, async (item) => {
      signal.throwIfAborted();
      const ofItem = signatures.filter(({ signs }) => signs === item.uri);
      const result = await verifyItem(stage, item, {
        signatures: ofItem,
        keyring: ring.bytes.length === 0 ? undefined : keyring,
        isWithdrawn: withdrawn !== undefined,
        signal,
        onBytes: progress.onBytes,
      });
      progress.onObject();
      return result;
    });
    const isGood = objects.every(({ good }) => good !== false);
    return {
      version: found.version,
      withdrawal: withdrawalJson(withdrawn),
      good: isGood,
      bytes,
      objects,
      keys: ring.from,
      unread: found.unread,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const NO_KEYS: Keyring = { bytes: Buffer.alloc(0), from: [] };

interface ItemToVerify extends Omit<Reading, "signatures"> {
  readonly signatures: readonly Signature[];
  /** undefined where there are no keys. */
  readonly keyring: string | undefined;
  /** Its version was taken back. */
  readonly isWithdrawn: boolean;
}

async function verifyItem(
  stage: Stage,
  item: Item,
  { signatures, keyring, isWithdrawn, signal, onBytes }: ItemToVerify,
): Promise<VerifiedJson> {
  if (item.stored === undefined) return verified(item, { kind: "gone" }, { signatures: [], isWithdrawn });
  const checks = signatures.map(({ uri, signs, file }) => ({
    uri,
    check: keyring === undefined ? undefined : checkSignature({ keyring, file, isDetached: uri !== signs }),
    isDetached: uri !== signs,
  }));
  const seeing = checks.flatMap(({ check, isDetached }) => (check !== undefined && isDetached ? [check] : []));
  try {
    const read = await readItem(stage, item, { signatures: seeing, signal, onBytes });
    const verdicts = await Promise.all(
      checks.map(async ({ uri, check }): Promise<CheckJson> => {
        const { good, says } = (await check?.verdict()) ?? { good: null, says: NO_KEY };
        return { check: "signature", by: uri, good, says };
      }),
    );
    return verified(item, read, { signatures: verdicts, isWithdrawn });
  } finally {
    for (const { check } of checks) check?.close();
  }
}

const NO_KEY = "the signature was not checked: no public key is published; --key names a file that holds it";
