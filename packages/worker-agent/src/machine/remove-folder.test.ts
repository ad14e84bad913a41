import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { removeFolder } from "./remove-folder.ts";

const FILES = 20_000;

test("removing a task's many files takes none of its memory", async () => {
  const root = mkdtempSync(join(tmpdir(), "muster-folder-"));
  mkdirSync(join(root, "work"));
  for (let file = 0; file < FILES; file++) writeFileSync(join(root, "work", `-${file}`), "");
  const before = process.resourceUsage().maxRSS;
  await removeFolder(root);
  expect(existsSync(root)).toBe(false);
  // In KiB: what Node's own removal takes is several times as much.
  expect(process.resourceUsage().maxRSS - before).toBeLessThan(FILES / 2);
});

test("a folder that is not there is no error", async () => {
  await removeFolder(join(tmpdir(), "muster-no-such-folder"));
});

const canMount = spawnSync("unshare", ["--mount", "true"], { stdio: "ignore" }).status === 0;

test.runIf(canMount)("what a chroot that was cut off has mounted there stays as it is", async () => {
  const around = mkdtempSync(join(tmpdir(), "muster-folder-"));
  try {
    const root = join(around, "a task");
    const theirs = join(around, "theirs");
    mkdirSync(join(root, "chroot/dev/shm"), { recursive: true });
    mkdirSync(theirs);
    writeFileSync(join(theirs, "precious"), "");
    // In a mount namespace of its own: whatever happens, this machine's mounts are as before.
    const script = `
      mount --bind ${theirs} "${root}/chroot/dev"
      mkdir -p "${root}/chroot/dev/shm" && mount -t tmpfs tmpfs "${root}/chroot/dev/shm"
      exec "${process.execPath}" --disable-warning=ExperimentalWarning --input-type=module --eval '
        const { removeFolder } = await import("${join(import.meta.dirname, "remove-folder.ts")}");
        await removeFolder("${root}");
      '`;
    const { status, stderr } = spawnSync("unshare", ["--mount", "sh", "-ec", script], { encoding: "utf8" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(existsSync(root)).toBe(false);
    expect(existsSync(join(theirs, "precious"))).toBe(true);
  } finally {
    rmSync(around, { recursive: true });
  }
});
