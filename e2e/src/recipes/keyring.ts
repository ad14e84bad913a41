import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A keyring of GnuPG's own, as the person who keeps a signing key has one. */
export interface Keyring extends AsyncDisposable {
  readonly env: Readonly<Record<string, string>>;
  /** Runs gpg; what it prints. */
  gpg(args: readonly string[], input?: string): Promise<Buffer>;
  /** Makes a key. @param expires for example `never` or `1y`; @param at when, as gpg's --faked-system-time has it */
  generate(name: string, options?: { passphrase?: string; expires?: string; at?: string }): Promise<string>;
  /** Revokes one by the certificate that was made with it. */
  revoke(fingerprint: string): Promise<void>;
}

export async function openKeyring(): Promise<Keyring> {
  // Short: an agent's socket lies in it.
  const folder = await mkdtemp(join(tmpdir(), "muster-gpg-"));
  const env = { PATH: process.env.PATH ?? "", GNUPGHOME: folder };
  const gpg = async (args: readonly string[], input = "") => {
    const child = spawn("gpg", ["--batch", "--quiet", "--pinentry-mode", "loopback", ...args], { env });
    // It may end without having read.
    child.stdin.on("error", () => {}).end(input);
    const [output, said, [code]] = await Promise.all([
      buffer(child.stdout),
      buffer(child.stderr),
      once(child, "close"),
    ]);
    if (code !== 0) throw new Error(`gpg ${args.join(" ")}: ${said}`);
    return output;
  };
  return {
    env,
    gpg,
    async generate(name, { passphrase = "", expires = "never", at } = {}) {
      const when = at === undefined ? [] : ["--faked-system-time", at];
      await gpg([...when, "--passphrase", passphrase, "--quick-generate-key", name, "rsa2048", "sign", expires]);
      const listed = await gpg(["--with-colons", "--list-keys", name]);
      return /^fpr:+([0-9A-F]+):/m.exec(listed.toString())?.[1] ?? "";
    },
    async revoke(fingerprint) {
      const file = join(folder, "openpgp-revocs.d", `${fingerprint}.rev`);
      // A colon keeps it from being imported unawares.
      await gpg(["--import"], (await readFile(file, "utf8")).replace(/^:---/m, "---"));
    },
    async [Symbol.asyncDispose]() {
      await run("gpgconf", ["--kill", "all"], { env });
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
