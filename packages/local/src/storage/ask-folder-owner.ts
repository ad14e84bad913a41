import { realpathSync } from "node:fs";
import { folderIdentity } from "./folder-identity.ts";

/** What the owner of a folder says of it, beside its health; undefined when the folder is gone from where the owner has it. */
export interface OwnedFolder {
  readonly path: string;
  readonly identity: string;
}

/** As it is now: it may have been moved away, and another put in its place. */
export function ownedFolder(dir: string): OwnedFolder | undefined {
  const identity = folderIdentity(dir);
  return identity === undefined ? undefined : { path: realpathSync(dir), identity };
}

/** Owners answer at once; one that is ending may not. */
const PATIENCE_MS = 5000;

/**
 * Asks the process that answers at a URL whether this folder is the one that it owns. An earlier version, which does not say, is believed;
 * undefined when nothing answers.
 */
export async function isOwnerOf(dir: string, url: string): Promise<boolean | undefined> {
  const answer = await fetch(`${url}/_health`, { signal: AbortSignal.timeout(PATIENCE_MS) })
    .then((response) => (response.ok ? response.json() : undefined))
    .catch(() => undefined);
  if (typeof answer !== "object" || answer === null) return undefined;
  if (!("folder" in answer)) return true;
  return (answer.folder as OwnedFolder | null)?.identity === folderIdentity(dir);
}
