import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";

const USAGE_AT_EXIT = pathToFileURL(join(import.meta.dirname, "usage-at-exit.mjs")).href;

export interface Usage {
  /** Of a processor, whatever else the machine did. */
  readonly cpuMs: number;
  readonly wallMs: number;
  /** Resident at the most. */
  readonly peakBytes: number;
}

/**
 * What one run of a Node program takes, from its start to its end.
 * @throws Error with what it said when it fails
 */
export async function measureProgram(
  words: readonly string[],
  { cwd, env }: { cwd: string; env: Readonly<Record<string, string>> },
): Promise<Usage> {
  const started = performance.now();
  const child = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", "--import", USAGE_AT_EXIT, ...words],
    {
      cwd,
      env: { ...env },
      stdio: ["ignore", "ignore", "pipe", "pipe"],
    },
  );
  const [usage, said] = await Promise.all([
    text(child.stdio[3] as Readable),
    text(child.stdio[2] as Readable),
    once(child, "exit"),
  ]);
  if (child.exitCode !== 0) throw new Error(`node ${words.join(" ")} ended with ${child.exitCode}: ${said}`);
  return { ...(JSON.parse(usage) as Omit<Usage, "wallMs">), wallMs: performance.now() - started };
}
