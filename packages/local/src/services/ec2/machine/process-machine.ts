import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, realpath, rm, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import type { RunInstance, RunningInstance } from "../run-instance.ts";
import { bootParts } from "./boot-parts.ts";
import { killAll, machineProcesses } from "./machine-processes.ts";
import { powerCommands } from "./power-commands.ts";

/** A machine that is about to boot. */
export interface BootingMachine {
  readonly instance: RunningInstance;
  /** Its own, gone with its power. */
  readonly folder: string;
  /** Turns it off, whatever the PATH is. */
  readonly shutdown: string;
  /** The file descriptor, in its boot scripts, of a pipe that ends when the process ends that plays the machine. */
  readonly ownerFd: number;
}

export interface ProcessMachineOptions {
  /** Each machine gets a folder of its own below it, named by the end of its id. */
  readonly dir: string;
  /** The variable that holds the instance's id in all its processes. */
  readonly mark: string;
  /** What boot scripts find in their environment; PATH gets the machine's own power commands in front. */
  environment(machine: BootingMachine): Readonly<Record<string, string>> & { readonly PATH: string };
}

/** Of an id: enough to tell machines apart, and short, as programs on them make sockets whose whole paths may have 107 characters. */
const NAME_LENGTH = 8;

/** A machine that is told to stop gets as long to end what it runs. */
const GRACE_MS = 5000;

const OWNER_FD = 4;

/**
 * The machine's first process. It runs the boot scripts one after another, and then it stays: a machine is on until somebody turns it off, from
 * outside (SIGTERM to its group) or inside (a word in the FIFO). Scripts read nothing and may fail. A script is copied before it is run, because
 * a file that some process just forked still holds open for writing cannot be. When the owner is gone, what watches the pipe ends by itself first.
 * Errors go the way of all output: a console shows one after another what was printed one after another.
 */
const FIRST_PROCESS = `exec 3<> "$1" ${OWNER_FD}<&0 < /dev/null 2>&1
shift
{ read -r _ <&${OWNER_FD}; echo gone >&3; } &
for part; do
  install -m 700 "$part" "$part.run"
  "$part.run" 3>&- || echo "cloud-init: \${part##*/} ended with exit code $?; the machine runs on"
done &
scripts=$!
read -r word <&3
trap '' TERM
if [ "$word" = gone ]; then
  for _ in 1 2 3 4 5 6 7 8 9 10; do kill -0 $scripts 2> /dev/null && sleep 0.2; done
fi
kill -TERM 0
`;

/**
 * Plays an instance by processes of this computer: user data is its boot script, as cloud-init runs it, and it stays on when that has ended or
 * failed. `shutdown`, `poweroff` and their like end it from inside. All its processes end with it.
 */
export function processMachine({ dir, mark, environment }: ProcessMachineOptions): RunInstance {
  return async (instance) => {
    const named = join(dir, instance.instanceId.slice(-NAME_LENGTH));
    await mkdir(named, { recursive: true });
    // Whoever ends what is left of it finds it by this path, whichever way leads to the folder then.
    const folder = await realpath(named);
    const processes = () => machineProcesses(`${mark}=${instance.instanceId}`, folder);
    try {
      const { power, sbin } = await prepareFolder(folder);
      const scripts = await writeScripts(folder, instance);
      const machine = { instance, folder, shutdown: join(sbin, "shutdown"), ownerFd: OWNER_FD };
      const variables = environment(machine);
      // Its input is a socket: bash would take itself for a remote shell's, and read .bashrc.
      const first = spawn("bash", ["--norc", "-c", FIRST_PROCESS, "machine", power, ...scripts], {
        cwd: folder,
        detached: true,
        stdio: ["pipe", "pipe", "pipe"],
        env: { ...variables, PATH: [sbin, variables.PATH].join(delimiter), [mark]: instance.instanceId },
      });
      await poweredOff(first, instance, processes);
    } finally {
      // A machine that is gone takes everything with it. The number of its group may be another's by now.
      killAll(processes());
      await rm(folder, { recursive: true, force: true });
    }
  };
}

async function prepareFolder(folder: string): Promise<{ power: string; sbin: string }> {
  const sbin = join(folder, "sbin");
  const power = join(folder, "power");
  await mkdir(sbin, { recursive: true });
  await mkdir(join(folder, "tmp"), { recursive: true });
  await promisify(execFile)("mkfifo", ["-m", "600", power]);
  for (const [name, text] of Object.entries(powerCommands(power)))
    await writeFile(join(sbin, name), text, { mode: 0o755 });
  return { power, sbin };
}

/** The scripts to run at this boot; what is left out is said on the console. */
async function writeScripts(
  folder: string,
  { userData, boot, console: log }: Pick<RunningInstance, "userData" | "boot" | "console">,
): Promise<readonly string[]> {
  const scripts: string[] = [];
  for (const [index, part] of bootParts(userData).entries()) {
    const name = `part-${String(index + 1).padStart(3, "0")}`;
    if (part.kind === "ignored") {
      log(`cloud-init: ${name} is left out: ${part.why}\n`);
    } else if (boot === 1 || part.everyBoot) {
      const file = join(folder, name);
      await writeFile(file, part.text, { mode: 0o600 });
      scripts.push(file);
    }
  }
  return scripts;
}

/** Resolves when all that the machine ran has ended, or has been ended because it took too long. */
async function poweredOff(
  first: ChildProcess,
  { signal, console: log }: RunningInstance,
  processes: () => readonly number[],
): Promise<void> {
  for (const output of [first.stdout, first.stderr]) output?.setEncoding("utf8").on("data", log);
  first.stdin?.on("error", () => {});
  let grace: NodeJS.Timeout | undefined;
  const limit = () => {
    grace ??= setTimeout(() => killAll(processes()), GRACE_MS).unref();
  };
  const stop = () => {
    tell(first.pid, "SIGTERM");
    limit();
  };
  // Turned off from inside, it has told its group itself.
  first.once("exit", limit);
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop, { once: true });
  try {
    await once(first, "close");
  } finally {
    signal.removeEventListener("abort", stop);
    clearTimeout(grace);
  }
}

/** To a whole process group. */
function tell(leader: number | undefined, signal: NodeJS.Signals): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, signal);
  } catch {
    // It has ended.
  }
}
