import { createHash } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MusterError } from "@muster/pipeline";
import { binaryPackage, packageName } from "../../artifacts.ts";
import pipeline from "../../pipeline.ts";

/** Debian's names of architectures, and those of the agent's archives. */
const AGENT = { amd64: "x86_64", arm64: "arm64" } as const;
export type ReleaseArchitecture = keyof typeof AGENT;

export const releaseArchitectures = Object.keys(AGENT) as ReleaseArchitecture[];

/**
 * Names of all files that a release consists of, but for their checksums.
 * @param packages tarballs that npm gets
 */
export function assetNames(
  version: string,
  { architectures, packages }: { architectures: readonly ReleaseArchitecture[]; packages: readonly string[] },
): string[] {
  const platforms = pipeline.platforms.kind === "fixed" ? pipeline.platforms.names : [];
  const debs = platforms.flatMap((platform) =>
    architectures.map(
      (architecture) => `${packageName}_${binaryPackage({ version, platform }).debianVersion}_${architecture}.deb`,
    ),
  );
  const agents = architectures.map((architecture) => `${packageName}-agent-linux-${AGENT[architecture]}.tar.gz`);
  return [...debs, ...agents, ...packages, `${packageName}-${version}.tar.gz`].sort();
}

/**
 * Copies a release's files out of whatever folders hold them into one, with `SHA256SUMS` beside them, as
 * `sha256sum --check` takes it.
 * @returns the file's SHA-256, in hexadecimal: with it whoever gets the folder can tell that it is this one
 * @throws MusterError where a file is missing, or is there twice with different content, as the source tarball could be
 * that two machines made
 */
export async function collectAssets(
  sources: readonly string[],
  {
    version,
    folder,
    ...parts
  }: {
    version: string;
    architectures: readonly ReleaseArchitecture[];
    packages: readonly string[];
    folder: string;
  },
): Promise<string> {
  const names = assetNames(version, parts);
  const found = new Map<string, { path: string; sha256: string }>();
  for (const path of (await Promise.all(sources.map(filesIn))).flat()) {
    const name = path.slice(path.lastIndexOf("/") + 1);
    if (!names.includes(name)) continue;
    const sha256 = digest(await readFile(path));
    const earlier = found.get(name);
    if (earlier !== undefined && earlier.sha256 !== sha256)
      throw new MusterError(`${path} is not what ${earlier.path} is: the same source must give the same bytes`);
    found.set(name, { path, sha256 });
  }
  const missing = names.filter((name) => !found.has(name));
  if (missing.length > 0)
    throw new MusterError(`the release lacks ${missing.join(", ")}`, { hint: `looked in ${sources.join(", ")}` });
  await mkdir(folder, { recursive: true });
  for (const [name, { path }] of found) await copyFile(path, join(folder, name));
  const sums = names.map((name) => `${found.get(name)?.sha256}  ${name}\n`).join("");
  await writeFile(join(folder, "SHA256SUMS"), sums);
  return digest(Buffer.from(sums));
}

const digest = (content: Buffer): string => createHash("sha256").update(content).digest("hex");

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.flatMap((entry) => (entry.isFile() ? [join(entry.parentPath, entry.name)] : [])).sort();
}
