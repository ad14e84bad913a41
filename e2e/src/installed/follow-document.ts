import { execFile, spawnSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

interface Block {
  readonly commands: string;
  readonly exitCode: number;
}

/** The commands of a document, `sh exits 1` where they are meant to fail. */
export const commandBlocks = (text: string): Block[] =>
  [...text.matchAll(/^```sh(?: exits (\d+))?\n(.*?)^```$/gms)].map(([, exitCode = "0", commands = ""]) => ({
    commands,
    exitCode: Number(exitCode),
  }));

/** Why nobody can be given a root file system of their own here, if so. */
export function missingRoot(): string | undefined {
  const tried = spawnSync("unshare", ["--mount", "sh", "-c", "mount -t tmpfs tmpfs /mnt"], { stdio: "ignore" });
  return tried.status === 0 ? undefined : "installing packages needs root, and mounts of one's own";
}

/** All of this machine as it is, but what is written is gone at the end: packages that are installed, too. */
const THROW_AWAY_ROOT = `
set -eu
mount -t tmpfs tmpfs "$1"
mkdir "$1/upper" "$1/work" "$1/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/root"
for folder in dev proc sys; do mount --rbind "/$folder" "$1/root/$folder"; done
exec chroot "$1/root" bash "$2"
`;

/** How this machine reaches others. */
const NETWORK = /^(https?_proxy|no_proxy|NODE_EXTRA_CA_CERTS|SSL_CERT_FILE|npm_config_.*)$/i;

/**
 * Runs a document's commands one after the other in one shell, as root on a throw-away copy of this machine.
 * @returns what each block printed, standard error included
 * @throws where a block ends otherwise than it says, with what was printed
 */
export async function followDocument(
  text: string,
  { folder, env }: { folder: string; env: Readonly<Record<string, string>> },
): Promise<string[]> {
  const home = join(folder, "home");
  const programs = join(folder, "programs");
  for (const each of [home, programs, join(folder, "mount")]) await mkdir(each, { recursive: true });
  await writeFile(join(programs, "sudo"), '#!/bin/sh\nexec "$@"\n', { mode: 0o755 });
  const blocks = commandBlocks(text);
  for (const [index, { commands }] of blocks.entries()) await writeFile(join(folder, `${index}.sh`), commands);
  const session = join(folder, "session.sh");
  await writeFile(session, sessionOf(blocks, folder));
  const { PATH = "" } = process.env;
  const network = Object.entries(process.env).filter(([name]) => NETWORK.test(name));
  const words = ["--mount", "sh", "-c", THROW_AWAY_ROOT, "sh", join(folder, "mount"), session];
  const { stdout } = await run("unshare", words, {
    env: {
      PATH: [programs, dirname(process.execPath), PATH].join(":"),
      HOME: home,
      LANG: "C.UTF-8",
      ...Object.fromEntries(network),
      ...env,
    },
    maxBuffer: 2 ** 26,
  }).catch(({ stdout: printed, stderr }) => {
    throw new Error(`${printed}${stderr}`);
  });
  return stdout.split(`${BETWEEN}\n`).slice(1);
}

const BETWEEN = "──── next block ────";

const sessionOf = (blocks: readonly Block[], folder: string): string =>
  [
    "exec 2>&1 </dev/null",
    // What npx fetched here before may be another build of the same version.
    'rm -rf "$npm_config_cache/_npx"; cd "$HOME"',
    ...blocks.flatMap(({ exitCode }, index) => [
      `echo "${BETWEEN}"`,
      exitCode === 0
        ? `set -e; . ${folder}/${index}.sh`
        : `set +e; bash -e ${folder}/${index}.sh; ended=$?; [ $ended = ${exitCode} ] || { echo "ended with $ended"; exit 1; }`,
    ]),
  ].join("\n");
