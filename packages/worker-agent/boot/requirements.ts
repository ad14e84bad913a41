import { succeeds } from "../testing/succeeds.ts";

const PROGRAMS = ["mmdebstrap", "unshare", "systemd-nspawn", "ip", "python3"] as const;

/** Why a machine cannot be booted here; undefined when it can. */
export function missingForBoot(): string | undefined {
  for (const program of PROGRAMS) {
    if (!succeeds("sh", "-c", `command -v ${program}`)) return `${program} is not installed`;
  }
  if (process.getuid?.() !== 0) return "only root may make a root file system";
  if (!succeeds("unshare", "--net", "--mount", "--pid", "--fork", "mount", "-t", "tmpfs", "none", "/mnt")) {
    return "namespaces are not allowed here";
  }
  return undefined;
}
