import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WORKER_UNIT } from "../src/machine/ec2-bootstrap.ts";
import { type Release, rootFileSystem } from "./root-file-system.ts";

const PATIENCE_MS = 120_000;

/**
 * Boots a release's systemd with the worker's unit, and waits until it has turned its machine off.
 * @param agent what runs in the agent's place, as bash: `$start` is 1 when it runs first
 * @returns how often it was started
 * @throws when the machine does not turn itself off
 */
export function bootUnit(release: Release, agent: string): number {
  const root = rootFileSystem(release);
  const place = mkdtempSync(join(tmpdir(), "muster-unit-"));
  try {
    writeFileSync(join(place, "muster-worker.service"), WORKER_UNIT);
    const start = `#!/bin/bash\necho started >>/place/starts\nstart=$(wc -l </place/starts)\n${agent}\n`;
    writeFileSync(join(place, "start"), start, { mode: 0o755 });
    const machine = [
      "--directory",
      root,
      "--volatile=overlay",
      "--private-network",
      "--machine",
      `muster-${randomUUID()}`,
    ];
    const apart = ["--register=no", "--keep-unit", "--settings=no", "--link-journal=no", "--console=pipe"];
    const files = [
      `--bind=${place}:/place`,
      `--bind-ro=${place}/muster-worker.service:/etc/systemd/system/muster-worker.service`,
      `--bind-ro=${place}/start:/opt/muster/start`,
    ];
    const words = [...machine, ...apart, ...files, "--boot", "systemd.wants=muster-worker.service"];
    execFileSync("systemd-nspawn", words, { stdio: ["ignore", "pipe", "pipe"], timeout: PATIENCE_MS });
    return readFileSync(join(place, "starts"), "utf8").trim().split("\n").length;
  } finally {
    rmSync(place, { recursive: true });
  }
}
