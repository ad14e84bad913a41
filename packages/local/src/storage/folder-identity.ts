import { statSync } from "node:fs";

/**
 * What tells a folder from a copy of it, which holds the same files; undefined where there is none. Neither is part of what a copy takes along, and
 * no other path makes another folder of it.
 */
export function folderIdentity(dir: string): string | undefined {
  const stats = statSync(dir, { bigint: true, throwIfNoEntry: false });
  return stats && `${stats.dev}:${stats.ino}`;
}
