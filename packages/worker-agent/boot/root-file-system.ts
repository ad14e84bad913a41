import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { MusterError } from "@muster/pipeline";

/** What mmdebstrap can make. Amazon Linux has no such tool. */
export const releases = ["bookworm", "trixie", "jammy", "noble"] as const;
export type Release = (typeof releases)[number];

/** One source alone: what was mended since is nothing to a machine that lives for two tasks. */
const MIRRORS: Readonly<Record<Release, string>> = {
  bookworm: "http://deb.debian.org/debian",
  trixie: "http://deb.debian.org/debian",
  jammy: "http://archive.ubuntu.com/ubuntu",
  noble: "http://archive.ubuntu.com/ubuntu",
};

/** As small as a cloud image's: what cloud-init needs, which is python3, systemd, and no more. */
const INCLUDED = ["python3", "ca-certificates", "systemd-sysv"] as const;

const CACHE = join(import.meta.dirname, "..", "node_modules/.cache/muster-boot");

/**
 * The root file system of a release; made unless an earlier call has, which takes a minute, and the network.
 * @throws MusterError with mmdebstrap's last words
 */
export function rootFileSystem(release: Release): string {
  const folder = join(CACHE, [release, ...INCLUDED].join("+"));
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true });
  try {
    const words = ["--variant=minbase", `--include=${INCLUDED.join(",")}`, "--dpkgopt=force-unsafe-io"];
    execFileSync("mmdebstrap", [...words, release, unfinished, MIRRORS[release]], {
      stdio: ["ignore", "pipe", "pipe"],
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024,
    });
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    const lastWords = `${stdout}\n${stderr}`.trim().split("\n").at(-1);
    throw new MusterError(`mmdebstrap cannot make ${release}: ${lastWords}`, {
      hint: "it needs the release's mirror, and the keyring that its packages are signed with",
    });
  }
  renameSync(unfinished, folder);
  return folder;
}
