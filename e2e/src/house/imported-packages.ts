import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isForTests, type WorkspacePackage } from "./workspace-package.ts";

/** What a source file names of ours. */
export interface Mention {
  /** `packages/cli/src/print.ts` */
  readonly file: string;
  readonly from: WorkspacePackage;
  /** `@muster/asl`, or with a path behind it. */
  readonly specifier: string;
}

const IMPORT = /\b(?:from|import|require)\s*\(?\s*["'](@muster\/[^"']+)["']/g;
const STRING = /["'](@muster\/[^"']+)["']/g;

/** Imports and re-exports of ours in a package's sources, of values and types, by words or by call; not those of tests. */
export const importsOfSources = (from: WorkspacePackage, repository: string) => mentions(IMPORT, from, repository);

/** Every string in a package's sources that names one of ours: an import too, or what is resolved at run time. */
export const namesInSources = (from: WorkspacePackage, repository: string) => mentions(STRING, from, repository);

async function mentions(pattern: RegExp, from: WorkspacePackage, repository: string): Promise<Mention[]> {
  const sources = from.files.filter((file) => !isForTests(file)).map((file) => `${from.folder}/${file}`);
  const found = sources.map(async (file) => {
    const text = await readFile(join(repository, file), "utf8");
    return Array.from(text.matchAll(pattern), ([, specifier = ""]) => ({ file, from, specifier }));
  });
  return (await Promise.all(found)).flat();
}
