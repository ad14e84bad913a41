import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { MusterError } from "@muster/pipeline";

/** What debootstrap can make. Amazon Linux has no such tool. */
export const releases = ["bookworm", "trixie", "jammy", "noble"] as const;
export type Release = (typeof releases)[number];

/** As small as a cloud image's: what cloud-init needs, which is python3, and no more. */
const INCLUDED = "python3,ca-certificates";

/**
 * Makes a root file system of a release, unless an earlier call has. Takes a minute, and the network.
 * @throws MusterError with debootstrap's last words
 */
export function makeRootFileSystem(release: Release, folder: string): void {
  if (existsSync(folder)) return;
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true });
  try {
    execFileSync("debootstrap", ["--variant=minbase", `--include=${INCLUDED}`, release, unfinished], {
      stdio: ["ignore", "pipe", "pipe"],
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024,
    });
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    const lastWords = `${stdout}\n${stderr}`.trim().split("\n").at(-1);
    throw new MusterError(`debootstrap cannot make ${release}: ${lastWords}`, {
      hint: "it needs a debootstrap that knows the release, its mirror, and the keyring that its packages are signed with",
    });
  }
  renameSync(unfinished, folder);
}
