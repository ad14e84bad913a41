import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { missingForBoot } from "../boot/requirements.ts";
import { makeRootFileSystem } from "../boot/root-file-system.ts";

const here = join(import.meta.dirname, "..");
const NODE = [process.execPath, "--disable-warning=ExperimentalWarning"] as const;

test("the user data boots a bare Debian, which processes tasks and turns itself off", { timeout: 900_000 }, ({
  skip,
}) => {
  const missing = missingForBoot();
  if (missing !== undefined) return skip(`no machine is booted: ${missing}`);
  const root = join(here, "node_modules/.cache/muster-boot/bookworm");
  makeRootFileSystem("bookworm", root);
  const archives = mkdtempSync(join(tmpdir(), "muster-boot-archive-"));
  try {
    const architecture = process.arch === "arm64" ? "arm64" : "x86_64";
    execFileSync(NODE[0], [NODE[1], join(here, "bundle/main.ts"), "--architecture", architecture, "--out", archives]);
    const archive = join(archives, `muster-agent-linux-${architecture}.tar.gz`);
    const words = ["--net", "--mount", ...NODE, join(here, "boot/boot-machine.ts"), root, archive];
    const outcome = JSON.parse(execFileSync("unshare", words, { encoding: "utf8", timeout: 300_000 }));
    expect(outcome).toMatchObject({
      first: { status: "SUCCEEDED", output: { ec2: outcome.instanceId } },
      second: { status: "FAILED", error: "Muster.ScriptFailed", cause: { ec2: outcome.instanceId, exit: 3 } },
      code: "0",
      cleaned: "cleaned\n",
    });
    expect(outcome.power[0]).toContain("-h +10");
    expect(outcome.lines).toEqual(expect.arrayContaining(["built 1.2.3 on debian", "built 1.2.4 on debian"]));
  } finally {
    rmSync(archives, { recursive: true });
  }
});
