import { existsSync, globSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { MusterError } from "@muster/pipeline";
import { writeAgentArchive } from "./agent-archive.ts";
import { type Architecture, architectures } from "./node-binary.ts";

export interface AgentArchive {
  readonly file: string;
  /** In hex. */
  readonly sha256: string;
  readonly bytes: number;
}

export interface AgentArchives {
  readonly archives: readonly AgentArchive[];
  /** Absolute paths of the files that the agent was made of. */
  readonly inputs: readonly string[];
}

export type WriteAgentArchives = typeof writeAgentArchives;

/** Beside this module where Muster is installed: the agent's bundle, as it was made when Muster was packed. */
const installed = join(import.meta.dirname, "agent");

/**
 * Writes the archives that machines fetch, `<out>/muster-agent-linux-<architecture>.tar.gz`. The same sources give the same bytes.
 * @param cache where fetched binaries of Node are kept
 * @throws MusterError for an architecture that workers do not have, or without a Node for it
 */
export async function writeAgentArchives({
  out,
  cache,
  wanted = architectures,
}: {
  out: string;
  cache: string;
  wanted?: readonly string[] | undefined;
}): Promise<AgentArchives> {
  const unknown = wanted.find((name) => !architectures.includes(name as Architecture));
  if (unknown !== undefined)
    throw new MusterError(`there is no agent for "${unknown}"`, { hint: architectures.join(", ") });
  if (existsSync(installed))
    return { archives: write(installed, { out, cache, wanted }), inputs: globSync(join(installed, "*")).sort() };
  const bundle = mkdtempSync(join(tmpdir(), "muster-agent-bundle-"));
  try {
    // Where the agent is bundled already, what would bundle it is not there.
    const { bundleAgent } = await import("./bundle-agent.ts");
    await bundleAgent(bundle);
    return { archives: write(bundle, { out, cache, wanted }), inputs: agentSources() };
  } finally {
    rmSync(bundle, { recursive: true, force: true });
  }
}

function write(
  bundle: string,
  { out, cache, wanted }: { out: string; cache: string; wanted: readonly string[] },
): AgentArchive[] {
  return (wanted as Architecture[]).map((architecture) => {
    const file = join(out, `muster-agent-linux-${architecture}.tar.gz`);
    return { file, ...writeAgentArchive(architecture, { bundle, cache, file }) };
  });
}

/** The sources of the agent and of the packages that it is made of. */
function agentSources(): string[] {
  const packages = ["@muster/worker-agent", "@muster/records", "@muster/pipeline"].map((name) =>
    fileURLToPath(new URL(".", import.meta.resolve(name))),
  );
  return packages
    .flatMap((folder) => globSync(join(folder, "**/*.ts")))
    .filter((file) => !file.endsWith(".test.ts"))
    .sort();
}
