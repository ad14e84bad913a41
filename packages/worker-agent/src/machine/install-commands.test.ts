import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { agentProgram } from "../agent-program.ts";
import { installCommands } from "./install-commands.ts";

test("muster-s3 keeps what Node compiled in its task's temporary folder, and nowhere else", async () => {
  const folder = await mkdtemp(join(tmpdir(), "muster-commands-"));
  try {
    await installCommands(folder, agentProgram());
    const { status, stderr } = spawnSync(join(folder, "muster-s3"), [], {
      cwd: folder,
      encoding: "utf8",
      env: { PATH: "/usr/bin:/bin", TMPDIR: folder, HOME: folder, AWS_REGION: "us-west-2" },
    });
    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining("usage: muster-s3 cp") });
    expect((await readdir(folder)).sort()).toEqual(["muster-s3", "muster-s3-compiled"]);
    expect(await readdir(join(folder, "muster-s3-compiled"))).not.toEqual([]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
