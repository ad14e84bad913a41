import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const repository = join(import.meta.dirname, "../../..");
const run = promisify(execFile);

/** A tarball as npm would get it. */
export interface Packed {
  readonly name: string;
  readonly version: string;
  /** Absolute path. */
  readonly file: string;
  readonly bytes: Buffer;
}

/** Where the packages say that they come from. */
export const ADDRESS = "https://github.com/owner/muster";

/** Packs everything that is published, by the release's own script. */
export async function packAll(out: string): Promise<Packed[]> {
  const script = join(repository, "pipelines/muster/tools/github-release/main.ts");
  const { stdout } = await run(process.execPath, [
    "--disable-warning=ExperimentalWarning",
    script,
    "npm",
    ADDRESS,
    out,
  ]);
  const lines = stdout.trim().split("\n");
  return Promise.all(
    lines.map(async (line) => {
      const [, name = "", version = "", tarball = ""] = /^(.+)@(\S+) {2}(\S+)$/.exec(line) ?? [];
      const file = join(out, tarball);
      return { name, version, file, bytes: await readFile(file) };
    }),
  );
}

/** The files in a tarball, by path within the package. */
export async function filesIn({ file }: Packed, folder: string): Promise<Map<string, string>> {
  await run("tar", ["-xzf", file, "-C", folder, "--strip-components=1"]);
  const { stdout } = await run("tar", ["-tzf", file]);
  const paths = stdout
    .trim()
    .split("\n")
    .map((path) => path.replace(/^package\//, ""));
  return new Map(
    await Promise.all(paths.map(async (path) => [path, await readFile(join(folder, path), "utf8")] as const)),
  );
}
