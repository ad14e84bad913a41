import { spawn } from "node:child_process";
import { EnvironmentError } from "../usage-error.ts";

/** What a signature is worth. */
export interface SignatureVerdict {
  /** null: nobody's public key is there to check it with. */
  readonly good: boolean | null;
  /** `signed by …`, or what is wrong with it. */
  readonly says: string;
}

export interface SignatureFile {
  /** Keys in binary form, one behind the other. */
  readonly keyring: string;
  /** The file of a detached signature, or of a text that is signed inline. */
  readonly file: string;
  /** What it signs is written to the check. */
  readonly isDetached: boolean;
}

/** A signature that is held against what it signs as that comes. */
export interface SignatureCheck {
  /** Resolves when there is room for more. */
  write(bytes: Buffer): Promise<void>;
  /** @throws EnvironmentError where this machine has no gpgv */
  verdict(): Promise<SignatureVerdict>;
  /** Ends it, whatever has come. */
  close(): void;
}

/** Asks gpgv, which takes no keys but those of the keyring. */
export function checkSignature({ keyring, file, isDetached }: SignatureFile): SignatureCheck {
  const words = ["--status-fd", "1", "--keyring", keyring, file, ...(isDetached ? ["-"] : [])];
  const child = spawn("gpgv", words, {
    stdio: ["pipe", "pipe", "ignore"],
    env: { LC_ALL: "C.UTF-8", PATH: SYSTEM_PATH },
  });
  const { stdin, stdout } = child;
  const ended = new Promise<NodeJS.ErrnoException | undefined>((resolve) =>
    child.once("error", resolve).once("close", () => resolve(undefined)),
  );
  let status = "";
  stdout.setEncoding("utf8").on("data", (text: string) => {
    status += text;
  });
  // It may know enough before it has all.
  stdin.on("error", () => {});
  return {
    async write(bytes) {
      if (stdin.destroyed || stdin.write(bytes)) return;
      await new Promise<void>((resolve) => stdin.once("drain", resolve).once("close", resolve));
    },
    async verdict() {
      stdin.end();
      const failure = await ended;
      if (failure === undefined) return verdictOf(status);
      throw new EnvironmentError(`signatures cannot be checked: gpgv does not start (${failure.code})`, {
        hint: "apt-get install gpgv",
      });
    },
    close: () => void child.kill(),
  };
}

const SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin";

/**
 * What gpgv's status lines say. Its exit code is no answer: a signature by a key that has expired is good enough for it, and apt and dnf refuse it.
 * @see https://github.com/gpg/gnupg/blob/master/doc/DETAILS
 */
export function verdictOf(status: string): SignatureVerdict {
  const lines = status.split("\n").flatMap((line) => /^\[GNUPG:\] (\S+) ?(.*)$/.exec(line)?.slice(1, 3) ?? []);
  const words = new Map<string, string>();
  for (let index = 0; index < lines.length; index += 2) words.set(lines[index] ?? "", lines[index + 1] ?? "");
  const nameIn = (line: string) => line.replace(/^\S+ /, "");
  const fingerprint = words.get("VALIDSIG")?.split(" ").at(0);
  const of = (word: string): string | undefined => {
    const line = words.get(word);
    return line === undefined ? undefined : `${nameIn(line)}, key ${fingerprint ?? line.split(" ")[0]}`;
  };
  const [bad, revoked, expired, old, good] = ["BADSIG", "REVKEYSIG", "EXPKEYSIG", "EXPSIG", "GOODSIG"].map(of);
  if (bad !== undefined) return { good: false, says: `it is not what ${bad} signed` };
  if (good !== undefined) return { good: true, says: `signed by ${good}` };
  if (expired !== undefined) return { good: false, says: `signed by ${expired}, which has expired${dayOf(words)}` };
  if (revoked !== undefined) return { good: false, says: `signed by ${revoked}, which was revoked` };
  if (old !== undefined) return { good: false, says: `the signature by ${old} has expired` };
  const unknown = words.get("NO_PUBKEY");
  if (unknown !== undefined) return { good: false, says: `signed by ${unknown}, which is none of the published keys` };
  return { good: false, says: "there is no signature in it" };
}

function dayOf(words: ReadonlyMap<string, string>): string {
  const seconds = Number(words.get("KEYEXPIRED"));
  return Number.isFinite(seconds) && seconds > 0 ? ` on ${new Date(seconds * 1000).toISOString().slice(0, 10)}` : "";
}
