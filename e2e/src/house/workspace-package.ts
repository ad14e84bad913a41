import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** One package of this repository, as its folder and its manifest say. */
export interface WorkspacePackage {
  /** Relative to the repository: `packages/asl`. */
  readonly folder: string;
  /** `@muster/asl`. */
  readonly name: string;
  /** Names of ours that its sources may need at run time. */
  readonly dependencies: readonly string[];
  /** Files that hold code, relative to its folder. */
  readonly files: readonly string[];
}

const CODE = /\.[cm]?[jt]sx?$/;
const MADE = new Set(["node_modules", "dist", "cdktf.out", ".turbo"]);

/** Folders whose code nobody runs but tests, benches and soaks; biome.json excepts the same. */
const TESTING = /(^|\/)testing\/|^(bench|boot|conformance|crash-test|foreign-clients|soak|test)\//;

/** Whether a file, by its path within the package, is there for tests alone: what it imports is no arrow of the house. */
export function isForTests(file: string): boolean {
  return /\.test\.ts$/.test(file) || TESTING.test(file);
}

/** Every package of the workspace but `e2e`, which stands outside of the house and looks at all of it. */
export async function workspacePackages(repository: string): Promise<WorkspacePackage[]> {
  const under = async (folder: string) => (await readdir(join(repository, folder))).map((name) => `${folder}/${name}`);
  const folders = [...(await under("packages")), ...(await under("pipelines")), "infra"].sort();
  return Promise.all(
    folders.map(async (folder) => {
      const manifest = JSON.parse(await readFile(join(repository, folder, "package.json"), "utf8")) as {
        name: string;
        dependencies?: Record<string, string>;
      };
      const dependencies = Object.keys(manifest.dependencies ?? {}).filter((name) => name.startsWith("@muster/"));
      return { folder, name: manifest.name, dependencies, files: await codeIn(join(repository, folder)) };
    }),
  );
}

async function codeIn(folder: string, within = ""): Promise<string[]> {
  const entries = await readdir(join(folder, within), { withFileTypes: true });
  const found = entries.map(async (entry) => {
    const path = within === "" ? entry.name : `${within}/${entry.name}`;
    if (entry.isDirectory()) return MADE.has(entry.name) ? [] : codeIn(folder, path);
    return CODE.test(entry.name) ? [path] : [];
  });
  return (await Promise.all(found)).flat().sort();
}
