import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";

/** As small as a cloud image's: what cloud-init needs, which is python3, and no more. */
const INCLUDED = "python3,ca-certificates";

/** Makes a root file system of a Debian release, unless an earlier call has. Takes a minute, and the network. */
export function makeRootFileSystem(release: string, folder: string): void {
  if (existsSync(folder)) return;
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true });
  execFileSync("debootstrap", ["--variant=minbase", `--include=${INCLUDED}`, release, unfinished], { stdio: "ignore" });
  renameSync(unfinished, folder);
}
