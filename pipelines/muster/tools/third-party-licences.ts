import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** A dependency that is part of the bundle. */
export interface ThirdParty {
  readonly name: string;
  readonly version: string;
  /** SPDX expression, from its manifest. */
  readonly licence: string;
  /** The text it asks to be passed on; undefined where its package holds none. */
  readonly text: string | undefined;
}

const PACKAGE_FOLDER = /^(.*\/node_modules\/((?:@[^/]+\/)?[^/]+))\//;

/** The npm packages that modules come from, by name and version. */
export async function thirdPartyOf(modules: readonly string[]): Promise<ThirdParty[]> {
  const folders = modules.flatMap((module) => PACKAGE_FOLDER.exec(module)?.[1] ?? []);
  const found = await Promise.all([...new Set(folders)].map(readPackage));
  const byName = new Map(found.map((each) => [`${each.name}@${each.version}`, each]));
  return [...byName.keys()].sort().map((key) => byName.get(key) as ThirdParty);
}

async function readPackage(folder: string): Promise<ThirdParty> {
  const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as Record<string, unknown>;
  const licenceFile = (await readdir(folder)).find((file) => /^licen[cs]e(\.md|\.txt)?$/i.test(file));
  return {
    name: String(manifest.name),
    version: String(manifest.version),
    licence: typeof manifest.license === "string" ? manifest.license : "see its package",
    text: licenceFile === undefined ? undefined : (await readFile(join(folder, licenceFile), "utf8")).trim(),
  };
}
