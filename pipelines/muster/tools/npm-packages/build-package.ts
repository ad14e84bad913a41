import { chmod, cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { runProgram } from "../run-program.ts";
import { launcher } from "./launcher.ts";
import type { PublishedManifest, SourceManifest } from "./published-manifest.ts";
import { reachableDeclarations } from "./reachable-declarations.ts";

export interface PackageToBuild {
  /** The checkout. */
  readonly tree: string;
  /** Of the package, in the checkout. */
  readonly directory: string;
  readonly source: SourceManifest;
  readonly published: PublishedManifest;
  readonly readme: string;
}

/**
 * Writes what npm gets of a package into a folder. A package with a script `dist` bundles itself; of others each module is translated by itself. The
 * declarations are the compiler's in both cases.
 */
export async function buildPackage(made: PackageToBuild, folder: string): Promise<void> {
  const { tree, directory, source, published, readme } = made;
  const from = join(tree, directory);
  const bundles = source.scripts.dist !== undefined;
  await mkdir(join(folder, "dist"), { recursive: true });
  if (published.entries.length > 0) await compile(made, { folder, only: bundles ? "declarations" : "all" });
  if (bundles) await runProgram(process.execPath, [join(from, "npm/dist.ts"), join(folder, "dist")], { cwd: from });
  for (const [command, program] of Object.entries(published.programs))
    await addLauncher(join(folder, `bin/${command}.js`), {
      command,
      program: join(folder, program),
      node: source.engines?.node,
    });
  for (const path of source.files) await cp(join(from, path), join(folder, path), { recursive: true });
  await writeFile(join(folder, "package.json"), `${JSON.stringify(published.json, null, 2)}\n`);
  await writeFile(join(folder, "README.md"), readme);
  await cp(join(tree, "LICENSE"), join(folder, "LICENSE"));
}

async function addLauncher(
  file: string,
  { command, program, node = "" }: { command: string; program: string; node?: string | undefined },
): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, launcher({ command, program: relative(dirname(file), program), node }));
  await chmod(file, 0o755);
}

/** Compiles what is exported and all that it imports: TypeScript also looks into the sources of other packages, whose output is left aside. */
async function compile(
  { tree, directory, published }: PackageToBuild,
  { folder, only }: { folder: string; only: "declarations" | "all" },
): Promise<void> {
  const temporary = await mkdtemp(join(tmpdir(), "muster-compile-"));
  try {
    const project = join(temporary, "tsconfig.json");
    const compilerOptions = {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: only === "declarations",
      allowImportingTsExtensions: only === "declarations",
      rewriteRelativeImportExtensions: only === "all",
      rootDir: tree,
      outDir: join(temporary, "out"),
      typeRoots: [join(tree, "node_modules/@types")],
    };
    const programs = only === "all" ? Object.values(published.programs).map(sourceOf) : [];
    const files = [...published.entries, ...programs].map((entry) => join(tree, directory, entry));
    await writeFile(project, JSON.stringify({ extends: join(tree, "tsconfig.base.json"), compilerOptions, files }));
    await runProgram(join(tree, "node_modules/.bin/tsc"), ["--project", project], { show: true });
    await rm(join(folder, "dist"), { recursive: true, force: true });
    const built = join(temporary, "out", directory);
    const entries = published.entries.map((entry) => join(built, entry.replace(/\.ts$/, ".d.ts")));
    const declared = await reachableDeclarations(entries);
    await cp(join(built, "src"), join(folder, "dist"), {
      recursive: true,
      filter: (path) => !path.endsWith(".d.ts") || declared.has(path),
    });
  } finally {
    await rm(temporary, { recursive: true });
  }
}

/** A program that the compiler translates has its source where the built file would lie. */
const sourceOf = (program: string): string => program.replace(/^\.\/dist\/(.+)\.js$/, "./src/$1.ts");
