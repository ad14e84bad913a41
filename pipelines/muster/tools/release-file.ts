import { parseControl } from "./debian-control.ts";
import { sha256 } from "./objects.ts";

/** A file that a Release file vouches for; its path is relative to the Release file's folder. */
export interface IndexFile {
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
}

export const indexFile = (path: string, content: Buffer): IndexFile => ({
  path,
  size: content.length,
  sha256: sha256(content),
});

/** Where an index lies under its content's name: what an older InRelease vouches for stays readable while a newer one is written. */
export const byHash = ({ path, sha256 }: IndexFile): string => `${path.replace(/[^/]+$/, "")}by-hash/SHA256/${sha256}`;

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

/** The files that a Release file vouches for. */
export function filesOfRelease(release: string): IndexFile[] {
  const lines = parseControl(release)[0]?.get("SHA256")?.split("\n") ?? [];
  return lines.flatMap((line) => {
    const [sha256, size, path] = line.trim().split(/\s+/);
    return sha256 === undefined || size === undefined || path === undefined
      ? []
      : [{ path, size: Number(size), sha256 }];
  });
}
