import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { MusterError } from "@muster/pipeline";

/** What debootstrap can make. Amazon Linux has no such tool. */
export const releases = ["bookworm", "trixie", "jammy", "noble"] as const;
export type Release = (typeof releases)[number];

/** As small as a cloud image's: what cloud-init needs, which is python3, systemd, and no more. */
const INCLUDED = ["python3", "ca-certificates", "systemd-sysv"] as const;

const CACHE = join(import.meta.dirname, "..", "node_modules/.cache/muster-boot");

/**
 * The root file system of a release; made unless an earlier call has, which takes a minute, and the network.
 * @throws MusterError with debootstrap's last words
 */
export function rootFileSystem(release: Release): string {
  const folder = join(CACHE, [release, ...INCLUDED].join("+"));
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true });
  try {
    execFileSync("debootstrap", ["--variant=minbase", `--include=${INCLUDED.join(",")}`, release, unfinished], {
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
  return folder;
}
