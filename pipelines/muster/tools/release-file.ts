import type { IndexFile } from "@muster/pipeline";
import { sha256 } from "./objects.ts";

export const indexFile = (path: string, content: Buffer): IndexFile => ({
  path,
  size: content.length,
  sha256: sha256(content),
});

/**
 * The Release file of one codename of a repository.
 * @see https://wiki.debian.org/DebianRepository/Format
 */
export function formatRelease({
  suite,
  architectures,
  date,
  validDays,
  files,
}: {
  suite: string;
  architectures: readonly string[];
  date: Date;
  /** apt refuses the suite after this. */
  validDays: number;
  files: readonly IndexFile[];
}): string {
  const width = Math.max(...files.map(({ size }) => String(size).length));
  return [
    "Origin: Muster",
    "Label: Muster",
    `Suite: ${suite}`,
    `Codename: ${suite}`,
    `Date: ${inUtc(date)}`,
    `Valid-Until: ${inUtc(new Date(date.getTime() + validDays * 24 * 3600 * 1000))}`,
    `Architectures: ${architectures.join(" ")}`,
    "Components: main",
    "Description: Muster's releases",
    "Acquire-By-Hash: yes",
    "SHA256:",
    ...files.map(({ path, size, sha256 }) => ` ${sha256} ${String(size).padStart(width)} ${path}`),
    "",
  ].join("\n");
}

const inUtc = (date: Date): string => date.toUTCString().replace("GMT", "UTC");
