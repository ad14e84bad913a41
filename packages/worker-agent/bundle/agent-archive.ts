import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Architecture, fetchNodeBinary } from "./node-binary.ts";
import { packFolder } from "./pack-folder.ts";

/**
 * Writes the archive that a machine becomes a worker with: `node`, and the agent's bundle in `agent/`.
 * @returns its SHA-256 and its size in bytes
 */
export function writeAgentArchive(
  architecture: Architecture,
  { bundle, cache, file }: { bundle: string; cache: string; file: string },
): { sha256: string; bytes: number } {
  const folder = mkdtempSync(join(tmpdir(), "muster-agent-"));
  try {
    fetchNodeBinary(architecture, { cache, target: join(folder, "node") });
    cpSync(bundle, join(folder, "agent"), { recursive: true });
    const archive = packFolder(folder);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, archive);
    return { sha256: createHash("sha256").update(archive).digest("hex"), bytes: archive.length };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
