import { globSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MusterError } from "@muster/pipeline";
import { runProgram } from "../run-program.ts";
import { buildPackage } from "./build-package.ts";
import { publishedManifest, SourceManifest } from "./published-manifest.ts";
import { publishedReadme } from "./published-readme.ts";

export interface Tarball {
  readonly name: string;
  readonly version: string;
  /** In the output folder. */
  readonly file: string;
}

/** The name of a package's tarball, as `npm pack` has it. */
export const tarballName = ({ name, version }: { name: string; version: string }): string =>
  `${name.replace(/^@/, "").replace("/", "-")}-${version}.tgz`;

/**
 * Packs every package of the workspace that is not private, for npm. The same source gives the same bytes.
 * @param repository its address: `https://github.com/owner/name`
 * @param out gets the tarballs
 */
export async function packPackages(
  tree: string,
  { repository, out }: { repository: string; out: string },
): Promise<Tarball[]> {
  const address = repositoryAddress(repository);
  const sources = await publicPackages(tree);
  const published = new Set(sources.map(({ source }) => source.name));
  await mkdir(out, { recursive: true });
  const folder = await mkdtemp(join(tmpdir(), "muster-npm-"));
  try {
    const tarballs: Tarball[] = [];
    for (const { directory, source } of sources) {
      const origin = { repository: address, directory };
      const manifest = publishedManifest(source, { origin, published });
      const text = await readFile(join(tree, directory, "README.md"), "utf8");
      const readme = publishedReadme(text, { origin, version: manifest.version });
      const built = join(folder, directory);
      await buildPackage({ tree, directory, source, published: manifest, readme }, built);
      await runProgram("npm", ["pack", built, "--pack-destination", out, "--loglevel=error"]);
      tarballs.push({ name: manifest.name, version: manifest.version, file: tarballName(manifest) });
    }
    return tarballs;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The tarballs of all packages that are published. */
export async function tarballNames(tree: string): Promise<string[]> {
  const sources = await publicPackages(tree);
  return sources.map(({ source: { name, version, publishConfig } }) =>
    tarballName({ name: publishConfig.name ?? name, version }),
  );
}

/** Folder and manifest of each package that is published, in the order of their folders. */
export async function publicPackages(tree: string): Promise<{ directory: string; source: SourceManifest }[]> {
  const folders = globSync(["packages/*", "pipelines/*", "infra"], { cwd: tree });
  const read = folders.sort().map(async (directory) => {
    const text = await readFile(join(tree, directory, "package.json"), "utf8").catch(() => '{"private":true}');
    const json = JSON.parse(text) as { private?: boolean };
    return json.private ? [] : [{ directory, source: SourceManifest.parse(json) }];
  });
  return (await Promise.all(read)).flat();
}

/** @throws MusterError for what is no repository's address */
export function repositoryAddress(text: string): string {
  const address = text.replace(/^git\+/, "").replace(/(\.git)?\/?$/, "");
  if (/^https:\/\/[^/\s]+\/[^/\s]+\/[^/\s]+$/.test(address)) return address;
  throw new MusterError(`"${text}" is no address of a repository`, { hint: "https://github.com/<owner>/<name>" });
}
