import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Release, rootFileSystem } from "./root-file-system.ts";

const here = join(import.meta.dirname, "..");
const NODE = [process.execPath, "--disable-warning=ExperimentalWarning"] as const;

/** What became of a machine and of its two tasks, of which the second fails. */
export interface BootOutcome {
  readonly instanceId: string;
  readonly first: object;
  readonly second: object;
  /** Of the user data. */
  readonly code: string;
  /** Words of each call of `shutdown`. */
  readonly power: readonly string[];
  /** What init's cleanup() left. */
  readonly cleaned: string;
  /** Of the worker's log. */
  readonly lines: readonly string[];
}

/** Boots a bare machine of a release with the unmodified user data, on this machine's architecture, and gives it two tasks. */
export function bootRelease(release: Release): BootOutcome {
  const root = rootFileSystem(release);
  const archives = mkdtempSync(join(tmpdir(), "muster-boot-archive-"));
  try {
    const architecture = process.arch === "arm64" ? "arm64" : "x86_64";
    execFileSync(NODE[0], [NODE[1], join(here, "bundle/main.ts"), "--architecture", architecture, "--out", archives]);
    const archive = join(archives, `muster-agent-linux-${architecture}.tar.gz`);
    const words = ["--net", "--mount", ...NODE, join(here, "boot/boot-machine.ts"), root, archive];
    return JSON.parse(execFileSync("unshare", words, { encoding: "utf8", timeout: 300_000 })) as BootOutcome;
  } finally {
    rmSync(archives, { recursive: true });
  }
}
