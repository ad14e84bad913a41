import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { onDisk } from "./disk-error.ts";

/** Makes a folder and those above it. Node's own recursion reports ENOENT where a disk is read-only, so the reason is asked for again. */
export function makeFolder(dir: string): void {
  onDisk(dir, () => {
    try {
      mkdirSync(dir, { recursive: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      if (!existsSync(dirname(dir))) makeFolder(dirname(dir));
      mkdirSync(dir);
    }
  });
}

const OTHERS = 0o077;

/**
 * Makes a folder that its owner alone can look into: releases' private keys are among what it holds. Of one that stood open, as earlier versions
 * made it, everything in it is closed too.
 */
export function makePrivateFolder(dir: string): void {
  makeFolder(dir);
  onDisk(dir, () => {
    const { mode } = lstatSync(dir);
    if ((mode & OTHERS) === 0) return;
    chmodSync(dir, mode & ~OTHERS);
    for (const name of readdirSync(dir, { recursive: true, encoding: "utf8" })) close(join(dir, name));
  });
}

function close(file: string): void {
  const stats = lstatSync(file);
  // A link has no mode of its own, and leads elsewhere.
  if (!stats.isSymbolicLink()) chmodSync(file, stats.mode & 0o7700);
}
