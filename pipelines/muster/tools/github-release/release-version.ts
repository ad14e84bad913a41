import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MusterError } from "@muster/pipeline";
import { runProgram } from "../run-program.ts";

/** Three numbers, as `muster build` takes a version; tags carry a `v` before it. */
const VERSION = /^(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}$/;

/** @throws MusterError for anything but three numbers */
export function checkVersion(version: string): string {
  if (VERSION.test(version)) return version;
  throw new MusterError(`"${version}" is no version of a release`, { hint: "three numbers: 1.2.3" });
}

/**
 * The version that a tag releases: that of each tracked package.json of the repository.
 * @param tag `v1.2.3`
 * @throws MusterError for a tag of another form, and where a manifest has another version, by its path
 */
export async function releaseVersion(tag: string, repository: string): Promise<string> {
  if (!tag.startsWith("v")) throw new MusterError(`"${tag}" is no tag of a release`, { hint: "v1.2.3" });
  const version = checkVersion(tag.slice(1));
  const found = await Promise.all((await manifests(repository)).map(async (path) => ({ path, ...(await read(path)) })));
  const others = found.filter((each) => each.version !== version);
  if (others.length === 0) return version;
  const shown = others.map((each) => `${each.path.slice(repository.length + 1)} (${each.version ?? "none"})`);
  throw new MusterError(`the tag is ${tag}, and other versions stand in ${shown.join(", ")}`, {
    hint: `pnpm --filter pipeline-muster release prepare ${version}, before the tag`,
  });
}

/** Writes a version into each tracked package.json. */
export async function writeVersion(version: string, repository: string): Promise<void> {
  for (const path of await manifests(repository)) {
    const text = await readFile(path, "utf8");
    await writeFile(path, text.replace(/^( {2}"version": )"[^"]*"/m, `$1"${version}"`));
  }
}

async function manifests(repository: string): Promise<string[]> {
  const tracked = await runProgram("git", ["ls-files", "-z", "package.json", "*/package.json"], { cwd: repository });
  const paths = tracked.split("\0").filter(Boolean);
  if (paths.length === 0) throw new MusterError(`${repository} tracks no package.json`);
  return paths.map((path) => join(repository, path));
}

async function read(path: string): Promise<{ version?: string }> {
  return JSON.parse(await readFile(path, "utf8")) as { version?: string };
}
