import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { MusterError } from "@muster/pipeline";

/** What is in an archive has no time, no owner and no umask: the same contents give the same bytes. */
const REPRODUCIBLE = [
  "--sort=name",
  "--mtime=@0",
  "--owner=0",
  "--group=0",
  "--numeric-owner",
  "--format=ustar",
  "--mode=u=rwX,go=rX",
];

/** What lies in a folder as a compressed tar archive that depends on nothing but names, contents and what is executable. */
export function packFolder(folder: string): Buffer {
  const packed = spawnSync("tar", [...REPRODUCIBLE, "-cf", "-", "-C", folder, ...readdirSync(folder).sort()], {
    maxBuffer: 1024 * 1024 * 1024,
    stdio: ["ignore", "pipe", "inherit"],
    // The order of names is the locale's.
    env: { ...process.env, LC_ALL: "C" },
  });
  if (packed.status !== 0) throw new MusterError("the agent's archive needs GNU tar");
  // Node's binary is a tenth of a megabyte smaller at the highest level, which takes a processor three times as long.
  return gzipSync(packed.stdout, { level: 6 });
}
