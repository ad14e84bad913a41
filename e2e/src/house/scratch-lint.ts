import { execFile } from "node:child_process";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { promisify } from "node:util";

const repository = join(import.meta.dirname, "../../..");
const bin = (name: string) => join(repository, "node_modules/.bin", name);

/** Source text by path, relative to the repository. */
export type SourceFiles = Readonly<Record<string, string>>;

/** A line that lint refuses. */
export interface Refused {
  readonly path: string;
  readonly rule: string;
  readonly line: string;
}

/** Copies into a folder what lint goes by: the root's settings, the manifests of packages, and no source. */
export async function copySettings(copy: string, folders: readonly string[]): Promise<void> {
  const settings = ["biome.json", "turbo.json", "package.json", "pnpm-workspace.yaml", "pnpm-lock.yaml"];
  for (const path of [...settings, ...folders.map((each) => `${each}/package.json`)]) {
    await mkdir(dirname(join(copy, path)), { recursive: true });
    await copyFile(join(repository, path), join(copy, path));
  }
}

/** Runs Biome once over files in a copy: each line that a rule refuses, file by file, from above. */
export async function lintFiles(copy: string, files: SourceFiles): Promise<Refused[]> {
  await writeFiles(copy, files);
  const args = ["lint", "--vcs-enabled=false", "--reporter=json", "--max-diagnostics=none", "."];
  const { diagnostics } = JSON.parse(await run("biome", args, copy)) as {
    diagnostics: { category: string; location: { path: string; start: { line: number } } }[];
  };
  return diagnostics
    .map(({ category, location: { path, start } }) => ({ path, rule: category, start: start.line }))
    .sort((a, b) => (a.path === b.path ? a.start - b.start : a.path < b.path ? -1 : 1))
    .map(({ path, rule, start }) => ({ path, rule, line: files[path]?.split("\n")[start - 1] ?? "" }));
}

/** Runs `turbo boundaries` over files in a copy: the imports that leave their package. */
export async function importsThatLeave(
  copy: string,
  files: SourceFiles,
): Promise<{ path: string; specifier: string }[]> {
  await writeFiles(copy, files);
  const output = await run("turbo", ["boundaries", "--no-color"], copy);
  const found = output.matchAll(/import `(\S+)` leaves the package\s+[^[]*\[(\S+?):\d+:\d+\]/g);
  return Array.from(found, ([, specifier = "", file = ""]) => ({ path: relative(copy, file), specifier }));
}

async function writeFiles(copy: string, files: SourceFiles): Promise<void> {
  for (const [path, source] of Object.entries(files)) {
    await mkdir(dirname(join(copy, path)), { recursive: true });
    await writeFile(join(copy, path), source);
  }
}

/** What a program of the workspace prints, whether or not it ends with what it has found. */
async function run(program: string, args: readonly string[], cwd: string): Promise<string> {
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: "1" };
  const options = { cwd, env, maxBuffer: 2 ** 26 };
  const { stdout, stderr } = await promisify(execFile)(bin(program), args, options).catch(
    (failed: { stdout: string; stderr: string }) => failed,
  );
  return program === "turbo" ? stdout + stderr : stdout;
}
