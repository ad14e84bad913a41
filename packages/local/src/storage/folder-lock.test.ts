import { cpSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createLocalAws } from "../local-aws.ts";
import { isOwnerOf } from "./ask-folder-owner.ts";
import { dropFolderLock, readFolderOwner, removeDeadLock } from "./folder-lock.ts";

let root: string;
let dir: string;
let copy: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "folder-lock-"));
  dir = join(root, "state");
  copy = join(root, "copy");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const copyFolder = () => cpSync(dir, copy, { recursive: true, preserveTimestamps: true });

test("a copy of a folder that has an owner has none, and can be owned beside it", async () => {
  await using owner = createLocalAws({ dir });
  const { url } = await owner.listen();
  copyFolder();
  expect(readFolderOwner(dir)).toMatchObject({ pid: process.pid, url });
  expect(readFolderOwner(copy)).toBeUndefined();
  await using other = createLocalAws({ dir: copy });
  const { url: otherUrl } = await other.listen();
  expect([readFolderOwner(dir)?.url, readFolderOwner(copy)?.url]).toEqual([url, otherUrl]);
});

test("the owner says which folder it owns, whatever a lock says of it", async () => {
  await using owner = createLocalAws({ dir });
  const { url } = await owner.listen();
  copyFolder();
  // As an earlier version wrote it: without the folder.
  const { folder: _folder, ...lock } = JSON.parse(readFileSync(join(dir, "owner.json"), "utf8"));
  writeFileSync(join(copy, "owner.json"), JSON.stringify(lock));
  const believed = readFolderOwner(copy);
  expect(believed).toMatchObject({ pid: process.pid, url });
  expect([await isOwnerOf(dir, url), await isOwnerOf(copy, url)]).toEqual([true, false]);
  if (believed !== undefined) dropFolderLock(copy, believed);
  expect([readFolderOwner(copy), readFolderOwner(dir)?.url]).toEqual([undefined, url]);
});

test("a folder that was moved away from its owner is not what the owner works in", async () => {
  await using owner = createLocalAws({ dir });
  const { url } = await owner.listen();
  renameSync(dir, copy);
  try {
    expect(await isOwnerOf(copy, url)).toBe(false);
  } finally {
    renameSync(copy, dir);
  }
});

test("another way to the same folder leads to its owner", async () => {
  await using owner = createLocalAws({ dir });
  const { url } = await owner.listen();
  const roundabout = join(root, "state", "..", "state");
  expect(readFolderOwner(roundabout)?.url).toBe(url);
  expect(await isOwnerOf(roundabout, url)).toBe(true);
});

test("who does not answer is neither believed nor disbelieved, and who does not say is believed", async () => {
  expect(await isOwnerOf(root, "http://127.0.0.1:1")).toBeUndefined();
  await using inMemory = createLocalAws();
  expect(await isOwnerOf(root, (await inMemory.listen()).url)).toBe(true);
});

test("of those who come for a dead owner's lock at once, none takes away the new owner's", async () => {
  await using owner = createLocalAws({ dir });
  const { url } = await owner.listen();
  // Another had seen the dead one, and comes to remove it only now.
  removeDeadLock(dir);
  expect(readFolderOwner(dir)?.url).toBe(url);
  const dead = JSON.stringify({ ...readFolderOwner(dir), started: "0" });
  writeFileSync(join(dir, "owner.json"), dead);
  removeDeadLock(dir);
  expect(readdirSync(dir).filter((name) => name.startsWith("owner"))).toEqual([]);
});
