import { createHash } from "node:crypto";
import { chmod, lstat, mkdir, readdir, readFile, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { type Fields, formatControl } from "@muster/pipeline";
import { runProgram } from "./run-program.ts";

/** What a package says of itself, beside the size and checksums, which follow from its files. */
export interface PackageDescription {
  readonly name: string;
  readonly version: string;
  /** Debian's name: `amd64`. */
  readonly architecture: string;
  readonly maintainer: string;
  readonly homepage: string | undefined;
  readonly depends: readonly string[];
  readonly recommends: readonly string[];
  /** One line, then the paragraphs. */
  readonly description: readonly [synopsis: string, ...lines: string[]];
}

/** Debian's names of the architectures that Node runs on, by Node's. */
const architectures: Readonly<Record<string, string>> = {
  x64: "amd64",
  arm64: "arm64",
  ppc64: "ppc64el",
  s390x: "s390x",
};

/** @throws Error for an architecture that Debian's name is not known of */
export function debianArchitecture(node: string): string {
  const name = architectures[node];
  if (name === undefined)
    throw new Error(`no Debian package is made on ${node}: build on ${Object.keys(architectures).join(" or ")}`);
  return name;
}

export const debFileName = ({ name, version, architecture }: PackageDescription): string =>
  `${name}_${version}_${architecture}.deb`;

/** Writes a file of a package, and the folders above it. */
export async function addFile(root: string, path: string, content: string | Buffer, mode = 0o644): Promise<void> {
  const file = join(root, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
  await chmod(file, mode);
}

/** Manual pages and changelogs are compressed; gzip's header bears no time, so that the same text gives the same bytes. */
export function addCompressed(root: string, path: string, text: string): Promise<void> {
  return addFile(root, `${path}.gz`, gzipSync(text, { level: 9 }));
}

/**
 * Turns a folder of files into a `.deb` that belongs to root, with all files dated `epoch` (seconds since 1970), so that the same files give the
 * same bytes. Compressed by gzip, at its quickest: Debian's archive and its tools take no zstd, and xz takes six times as long.
 */
export async function buildDeb({
  root,
  description,
  epoch,
  file,
}: {
  root: string;
  description: PackageDescription;
  epoch: number;
  file: string;
}): Promise<void> {
  const files = await filesIn(root);
  const sizes = await Promise.all(files.map(async (path) => (await lstat(join(root, path))).size));
  const installedKiB = sizes.reduce((sum, size) => sum + Math.ceil(size / 1024), 0);
  const sums = await Promise.all(files.map(async (path) => `${await md5(join(root, path))}  ${path}\n`));
  await addFile(root, "DEBIAN/control", formatControl([controlOf(description, installedKiB)]));
  await addFile(root, "DEBIAN/md5sums", sums.join(""));
  await datedAs(root, epoch);
  await runProgram("dpkg-deb", ["--build", "--root-owner-group", "-Zgzip", "-z1", root, file], {
    env: { SOURCE_DATE_EPOCH: String(epoch) },
  });
}

function controlOf(description: PackageDescription, installedKiB: number): Fields {
  const { name, version, architecture, maintainer, homepage, depends, recommends } = description;
  return new Map([
    ["Package", name],
    ["Version", version],
    ["Architecture", architecture],
    ["Maintainer", maintainer],
    ["Installed-Size", String(installedKiB)],
    ["Depends", depends.join(", ")],
    ...(recommends.length > 0 ? [["Recommends", recommends.join(", ")] as const] : []),
    ["Section", "devel"],
    ["Priority", "optional"],
    ...(homepage === undefined ? [] : [["Homepage", homepage] as const]),
    ["Description", description.description.join("\n")],
  ]);
}

/** Paths of all files below a folder, sorted. */
async function filesIn(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
}

const md5 = async (file: string): Promise<string> =>
  createHash("md5")
    .update(await readFile(file))
    .digest("hex");

async function datedAs(root: string, epoch: number): Promise<void> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((each) => !each.isSymbolicLink())) {
    const path = join(entry.parentPath, entry.name);
    await chmod(path, entry.isDirectory() || ((await lstat(path)).mode & 0o111) !== 0 ? 0o755 : 0o644);
    await utimes(path, epoch, epoch);
  }
  await chmod(root, 0o755);
  await utimes(root, epoch, epoch);
}
