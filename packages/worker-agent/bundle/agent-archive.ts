import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { MusterError } from "@muster/pipeline";
import { type Architecture, fetchNodeBinary } from "./node-binary.ts";

/** What is in an archive has no time and no owner: the same contents give the same bytes. */
const REPRODUCIBLE = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner", "--format=ustar"];

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
    const packed = spawnSync(
      "tar",
      [...REPRODUCIBLE, "--mode=u=rwX,go=rX", "-cf", "-", "-C", folder, "agent", "node"],
      {
        maxBuffer: 1024 * 1024 * 1024,
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    if (packed.status !== 0) throw new MusterError("the agent's archive needs GNU tar");
    const archive = gzipSync(packed.stdout, { level: 9 });
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, archive);
    return { sha256: createHash("sha256").update(readFileSync(file)).digest("hex"), bytes: archive.length };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
