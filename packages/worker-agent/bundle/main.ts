import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { MusterError } from "@muster/pipeline";
import { writeAgentArchive } from "./agent-archive.ts";
import { bundleAgent } from "./bundle-agent.ts";
import { type Architecture, architectures } from "./node-binary.ts";

/**
 * `pnpm --filter worker-agent bundle [--out <folder>] [--architecture x86_64]…`: the archives that machines fetch, `muster-agent-linux-<architecture>.tar.gz`, by default of both
 * architectures, into `archives/`. The same sources give the same bytes.
 */
const { values } = parseArgs({
  options: { out: { type: "string" }, architecture: { type: "string", multiple: true } },
});
const here = join(import.meta.dirname, "..");
const out = values.out ?? join(here, "archives");
const cache = join(here, "node_modules/.cache/muster-node");

const bundle = mkdtempSync(join(tmpdir(), "muster-agent-bundle-"));
try {
  const wanted = values.architecture ?? architectures;
  const unknown = wanted.find((name) => !architectures.includes(name as Architecture));
  if (unknown !== undefined)
    throw new MusterError(`there is no agent for "${unknown}"`, { hint: architectures.join(", ") });
  await bundleAgent(bundle);
  for (const architecture of wanted as Architecture[]) {
    const file = join(out, `muster-agent-linux-${architecture}.tar.gz`);
    const { sha256, bytes } = writeAgentArchive(architecture, { bundle, cache, file });
    const size = (bytes / 1024 / 1024).toFixed(1).padStart(7);
    process.stdout.write(`${size} MiB  ${relative(process.cwd(), file)}  ${sha256.slice(0, 16)}\n`);
  }
} catch (error) {
  if (!(error instanceof MusterError)) throw error;
  process.stderr.write(`bundle: ${error.message}${error.hint ? `\n  ${error.hint}` : ""}\n`);
  process.exitCode = 1;
} finally {
  rmSync(bundle, { recursive: true, force: true });
}
