import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { MusterError } from "@muster/pipeline";
import { writeAgentArchives } from "./write-agent-archives.ts";

/**
 * `pnpm --filter worker-agent bundle [--out <folder>] [--architecture x86_64]…`: the archives that machines fetch, by default of both architectures, into
 * `archives/`.
 */
const { values } = parseArgs({
  options: { out: { type: "string" }, architecture: { type: "string", multiple: true } },
});
const here = join(import.meta.dirname, "..");
try {
  const { archives } = await writeAgentArchives({
    out: values.out ?? join(here, "archives"),
    cache: join(here, "node_modules/.cache/muster-node"),
    wanted: values.architecture,
  });
  for (const { file, sha256, bytes } of archives) {
    const size = (bytes / 1024 / 1024).toFixed(1).padStart(7);
    process.stdout.write(`${size} MiB  ${relative(process.cwd(), file)}  ${sha256.slice(0, 16)}\n`);
  }
} catch (error) {
  if (!(error instanceof MusterError)) throw error;
  process.stderr.write(`bundle: ${error.message}${error.hint ? `\n  ${error.hint}` : ""}\n`);
  process.exitCode = 1;
}
