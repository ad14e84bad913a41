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
  codename,
  architectures,
  date,
  files,
}: {
  codename: string;
  architectures: readonly string[];
  date: Date;
  files: readonly IndexFile[];
}): string {
  const width = Math.max(...files.map(({ size }) => String(size).length));
  return [
    "Origin: Muster",
    "Label: Muster",
    `Suite: ${codename}`,
    `Codename: ${codename}`,
    `Date: ${date.toUTCString().replace("GMT", "UTC")}`,
    `Architectures: ${architectures.join(" ")}`,
    "Components: main",
    "Description: Muster's releases",
    "Acquire-By-Hash: yes",
    "SHA256:",
    ...files.map(({ path, size, sha256 }) => ` ${sha256} ${String(size).padStart(width)} ${path}`),
    "",
  ].join("\n");
}
