import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { removeFolder } from "./worker-folder.ts";

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
