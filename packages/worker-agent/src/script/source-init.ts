import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { MusterError } from "@muster/pipeline";
import { type Clock, untilAborted, within } from "../clock.ts";
import { tellingLines } from "../log/telling-lines.ts";
import type { FetchedScript } from "./fetch-script.ts";
import { CLEANUP_TIMEOUT_MS, endInit, noteInit } from "./former-init.ts";
import type { PipeSource } from "./output-pipe.ts";
import { type LineTarget, readOutput } from "./script-output.ts";

/** `init` failed: no task can run on this worker. */
export class InitFailedError extends MusterError {
  override readonly name = "Muster.InitFailed";
  /** Of what it printed, the line that tells most of why. */
  readonly line: string | undefined;
  constructor(message: string, line: string | undefined) {
    super(message);
    this.line = line;
  }
}

export interface SourcedInit {
  readonly script: FetchedScript;
  /** What it exported: every task gets these. */
  readonly exports: Readonly<Record<string, string>>;
  /** Runs its cleanup(), where it declared one; what init started in the background ends with it. */
  cleanup(): Promise<void>;
}

export interface InitOptions {
  readonly script: FetchedScript;
  /** For a file that is gone when init is done. */
  readonly folder: string;
  /** Exported while init runs, as for any script. */
  readonly scripts: Readonly<Record<string, string>>;
  /** Shell variables that init may export. */
  readonly variables: Readonly<Record<string, string>>;
  readonly targets: readonly LineTarget[];
  readonly pipes: PipeSource;
  readonly mask: (text: string) => string;
  readonly clock: Clock;
  /** Interrupts it; what it has started by then ends. */
  readonly signal: AbortSignal;
}

export const INIT_TIMEOUT_MS = 30 * 60_000;

/**
 * The shell lives as long as the worker, because cleanup() may need any variable that init set. The agent's end of descriptor 3 closes
 * when the agent dies: cleanup() runs then too.
 */
const PROGRAM = `
muster_init=$1 muster_exports=$2
shift 2
[ "$#" = 0 ] || export -n "$@"
set --
source "$muster_init" 3<&- 4>&-
muster_status=$?
set +eux
muster_exported=0
env -0 >"$muster_exports" 3<&- 4>&- || muster_exported=$?
printf 'sourced %d %d\\n' "$muster_status" "$muster_exported" >&4
read -r -u 3 muster_command
if declare -F cleanup >/dev/null; then cleanup 3<&- 4>&-; fi
`;

/** Variables that a shell exports by itself. */
const OF_THE_SHELL = new Set(["_", "SHLVL", "PWD", "OLDPWD", "MUSTER_INIT"]);

/**
 * Sources `init` in a shell that stays.
 * @throws InitFailedError when it returns or exits with an error, takes over half an hour, or is interrupted
 */
export async function sourceInit(options: InitOptions): Promise<SourcedInit> {
  const { script, folder, scripts, variables, clock, signal } = options;
  const exportsFile = `${folder}/init-exports`;
  const own = Object.entries(variables).filter(([name]) => !(name in scripts) && /^[A-Za-z_]\w*$/.test(name));
  const pipe = await options.pipes.next();
  const telling = tellingLines({ folders: [dirname(script.file), folder] });
  const output = readOutput({ readable: pipe.readable, ...options, targets: [...options.targets, telling] });
  output.ended.catch(() => {});
  const shell = spawn("bash", ["-c", PROGRAM, "init", script.file, exportsFile, ...own.map(([name]) => name)], {
    cwd: folder,
    env: { ...Object.fromEntries(own), ...scripts, MUSTER_INIT: exportsFile },
    detached: true,
    stdio: ["ignore", pipe.writeFd, pipe.writeFd, "pipe", "pipe"],
  });
  const gone = exitOf(shell);
  await Promise.all([pipe.closeWriteEnd(), shell.pid !== undefined && noteInit(folder, shell.pid)]);
  const commands = shell.stdio[3] as Writable;
  commands.on("error", () => {});

  const end = async () => {
    await endInit(folder, { clock, ...(shell.pid !== undefined && { group: shell.pid }) });
    pipe.readable.destroy();
    await output.ended.catch(() => {});
  };
  const work = Promise.race([firstLine(shell.stdio[4] as Readable), gone]);
  const inTime = within(clock, INIT_TIMEOUT_MS, { work, otherwise: "timeout" });
  const answer = (await untilAborted(signal, inTime)) ?? "interrupted";
  if (answer !== "sourced 0 0") {
    await end();
    throw new InitFailedError(`init ${describe(answer)}`, telling.error() ?? telling.last());
  }
  telling.close();
  const exports = parseExports(await readFile(exportsFile, "utf8"), scripts);
  await rm(exportsFile);
  return {
    script,
    exports,
    async cleanup() {
      commands.end("cleanup\n");
      await within(clock, CLEANUP_TIMEOUT_MS, { work: gone, otherwise: undefined });
      await end();
    },
  };
}

async function exitOf(shell: ChildProcess): Promise<string> {
  try {
    const [code, signal] = (await once(shell, "exit")) as [number | null, string | null];
    return signal === null ? `exited ${code}` : `killed ${signal}`;
  } catch (error) {
    return `unstarted ${error instanceof Error ? error.message : error}`;
  }
}

/** Never resolves when there is none: the shell's end says so. */
function firstLine(readable: Readable): Promise<string> {
  return new Promise((resolve) => {
    const lines = createInterface({ input: readable });
    lines.once("line", (line) => {
      resolve(line);
      lines.close();
    });
  });
}

function describe(answer: string): string {
  const [what, detail] = [answer.slice(0, answer.indexOf(" ")), answer.slice(answer.indexOf(" ") + 1)];
  if (what === "sourced") {
    const [returned] = detail.split(" ");
    return returned === "0" ? "was sourced, and what it exported could not be written down" : `returned ${returned}`;
  }
  if (what === "exited") return `exited with ${detail}: an init is sourced, and must return`;
  if (what === "killed") return `was killed by ${detail}`;
  if (answer === "interrupted") return "was interrupted: the worker must stop";
  if (what === "unstarted") return `could not be started: ${detail}`;
  return `took longer than ${INIT_TIMEOUT_MS / 60_000} minutes`;
}

/** What is exported after init and was not, or was otherwise, before. */
function parseExports(text: string, before: Readonly<Record<string, string>>): Record<string, string> {
  const entries = text
    .split("\0")
    .filter((entry) => entry.includes("="))
    .map((entry) => [entry.slice(0, entry.indexOf("=")), entry.slice(entry.indexOf("=") + 1)] as const);
  return Object.fromEntries(entries.filter(([name, value]) => !OF_THE_SHELL.has(name) && before[name] !== value));
}
