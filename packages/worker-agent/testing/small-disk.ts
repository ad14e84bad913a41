import { mkdirSync } from "node:fs";
import { succeeds } from "./succeeds.ts";

export interface SmallDisk extends Disposable {
  readonly root: string;
}

/** An empty disk of its own, in memory; undefined where this process may not mount one. @param size as mount takes it, "8m" for example */
export function smallDisk(root: string, size: string): SmallDisk | undefined {
  mkdirSync(root);
  if (!succeeds("mount", "-t", "tmpfs", "-o", `size=${size}`, "none", root)) return undefined;
  return { root, [Symbol.dispose]: () => void succeeds("umount", "-l", root) };
}
