import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, sep } from "node:path";
import { InvalidConfigurationError } from "@muster/pipeline";
import * as z from "zod";

/** Where `bundle` puts what it builds. */
export interface BundleFolders {
  /** Functions, in a folder for each pipeline. */
  readonly functions: string;
  /** The agent's archives. */
  readonly agents: string;
}

/** One thing that `bundle` builds. */
export interface Bundle {
  /** As a person would say it. */
  readonly what: string;
  readonly folder: string;
  /** The package that it is made of, under `packages/`; those that it depends on come with it. */
  readonly from: string;
  /** The pipeline that is bundled with it. */
  readonly pipeline?: string;
}

export const functionsBundle = (pipeline: string, { functions }: BundleFolders): Bundle => ({
  what: `${pipeline}'s functions`,
  folder: join(functions, pipeline),
  from: "lambdas",
  pipeline,
});

export const agentBundle = ({ agents }: BundleFolders): Bundle => ({
  what: "the worker agent",
  folder: agents,
  from: "worker-agent",
});

/** Beside a bundle: the digest of what it was made of. */
const RECORD = ".built-from";

/** Remembers what a bundle was made of, once it is there. */
export function recordSources({ folder }: Bundle, digest: string): void {
  writeFileSync(join(folder, RECORD), `${digest}\n`);
}

/**
 * Says when a bundle is older than its sources: a deployment would ship yesterday's code. A bundle that is not there at all is for a synthesis to name.
 * @param repository the folder that has `packages/` and `pipelines/`
 * @throws InvalidConfigurationError naming the bundle and the command that makes it
 */
export function checkSources(bundle: Bundle, repository: string): void {
  if (!existsSync(bundle.folder)) return;
  const record = join(bundle.folder, RECORD);
  if (existsSync(record) && readFileSync(record, "utf8").trim() === sourcesDigest(bundle, repository)) return;
  throw new InvalidConfigurationError(`the bundle of ${bundle.what} is older than its sources`, {
    hint: "pnpm --filter infra bundle",
  });
}

/** Names and contents of everything that decides what comes out of a bundle, in hex; tests do not. */
export function sourcesDigest({ from, pipeline }: Bundle, repository: string): string {
  const folders = [...workspacePackages(from, repository)].map((name) => join("packages", name));
  if (pipeline !== undefined) folders.push(join("pipelines", pipeline));
  const files = [...folders.flatMap((folder) => sourceFiles(folder, repository)), "pnpm-lock.yaml"];
  const digest = createHash("sha256");
  for (const file of files.map((path) => path.split(sep).join("/")).sort()) {
    const content = createHash("sha256").update(readFileSync(join(repository, file)));
    digest.update(`${content.digest("hex")}  ${file}\n`);
  }
  return digest.digest("hex");
}

const Manifest = z.object({ dependencies: z.record(z.string(), z.string()).default({}) });

/** A package, and all of this repository's that it depends on. */
function workspacePackages(name: string, repository: string, found = new Set<string>()): Set<string> {
  if (found.has(name)) return found;
  found.add(name);
  const manifest = readFileSync(join(repository, "packages", name, "package.json"), "utf8");
  for (const [dependency, version] of Object.entries(Manifest.parse(JSON.parse(manifest)).dependencies))
    if (version.startsWith("workspace:")) workspacePackages(dependency.replace("@muster/", ""), repository, found);
  return found;
}

/** What a package keeps beside its programs: what is built, what only tests and benchmarks use, and scripts, which are deployed as they are. */
const NO_SOURCES = new Set([
  "node_modules",
  "dist",
  "archives",
  "test",
  "testing",
  "bench",
  "soak",
  "boot",
  "scripts",
  "tools",
]);

function sourceFiles(folder: string, repository: string): string[] {
  return readdirSync(join(repository, folder), { withFileTypes: true })
    .filter(({ name }) => !NO_SOURCES.has(name) && !name.startsWith("."))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return sourceFiles(path, repository);
      return /\.(ts|json)$/.test(entry.name) && !/\.test\.ts$|^vitest\./.test(entry.name) ? [path] : [];
    });
}
