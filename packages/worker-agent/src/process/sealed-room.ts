import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readlink } from "node:fs/promises";
import { Socket } from "node:net";
import { setTimeout as realSleep } from "node:timers/promises";
import { MusterError } from "@muster/pipeline";
import { SYSTEM_PATH } from "../system-path.ts";
import { onlyChild } from "./process-table.ts";
import { COVER_FOLDER, DIE_BEFORE_AGENT, type ScriptRoom } from "./script-room.ts";

/**
 * The first process of a PID namespace: the kernel ends all others when it ends, which it does when the agent does, at the end of its input.
 * Orphans become its children. Bash waits for whichever child ends, also for those it does not know, so that their CPU time is counted: the kernel
 * forgets that of children whose end is ignored. No signal of the script's reaches it, as it handles none of those.
 * @see pid_namespaces(7)
 */
const MAKE = ["--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--propagation", "slave", "--"];
const KEEP = `${COVER_FOLDER} && echo ready && while read -r _; do :; done`;

/** nsenter stays outside, waits, and ends as the script does, be it by KILL. It is not in the script's session, whose signals are not for it. */
const BECOME = `${DIE_BEFORE_AGENT}; cd "$0" && unset OLDPWD && echo >&3 && read -r _ <&3 && exec 3>&- && exec "$1"`;

/** A process that hangs in the kernel cannot be waited for. */
const CLOSE_MS = 5000;

export interface RoomSource {
  room(): Promise<ScriptRoom>;
  prepare(): void;
  close(): Promise<void>;
  /** Rejects where rooms cannot be made. */
  ready(): Promise<void>;
}

/** Makes rooms one ahead, so that no task waits for its own. @param folder which is hidden in them */
export function prepareRooms(folder: string): RoomSource {
  let next: Promise<SealedRoom> | undefined;
  const prepared = () => {
    next ??= makeRoom(folder);
    next.catch(() => {});
    return next;
  };
  const take = async (): Promise<SealedRoom> => {
    const made = prepared();
    next = undefined;
    return made;
  };
  return {
    async room() {
      const room = await take();
      return room.isOpen() ? room : take();
    },
    prepare: () => void prepared(),
    ready: async () => void (await prepared()),
    async close() {
      const room = await next?.catch(() => undefined);
      next = undefined;
      await room?.close();
    },
  };
}

interface SealedRoom extends ScriptRoom {
  /** False when something ended its keeper. */
  isOpen(): boolean;
}

async function makeRoom(folder: string): Promise<SealedRoom> {
  // Its input is a socket: bash would take itself for a remote shell's, and read .bashrc.
  const holder = spawn("unshare", [...MAKE, "bash", "--norc", "-c", KEEP, folder], {
    cwd: "/",
    env: { PATH: SYSTEM_PATH },
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  let complaint = "";
  holder.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaint += text;
  });
  holder.stdin.on("error", () => {});
  // The holder waits for the keeper, and the keeper's end for that of all others.
  const ended = endOf(holder);
  const answer = await Promise.race([once(holder.stdout, "data").then(() => undefined), ended]);
  const keeper = answer === undefined ? onlyChild(holder.pid as number) : undefined;
  if (keeper === undefined) {
    holder.kill("SIGKILL");
    throw new MusterError(`no process namespace could be made: ${complaint.trim() || answer}`);
  }
  letGo(holder);
  return {
    sealed: { namespace: await readlink(`/proc/${keeper}/ns/pid`), keeper },
    command: (file, cwd) => ["nsenter", ...enter(keeper), "setsid", "sh", "-c", BECOME, cwd, file],
    isOpen: () => holder.exitCode === null && holder.signalCode === null,
    async close() {
      holder.ref();
      holder.stdin.end();
      const giveUp = new AbortController();
      const late = realSleep(CLOSE_MS, undefined, { signal: giveUp.signal }).catch(() => undefined);
      await Promise.race([ended, late]);
      giveUp.abort();
    },
  };
}

const enter = (keeper: number) => ["--target", `${keeper}`, "--pid", "--mount", "--root", "--wd", "--"] as const;

async function endOf(child: ChildProcess): Promise<string> {
  try {
    const [code, signal] = await once(child, "exit");
    return `unshare ended with ${signal ?? code}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** A room that is there does not keep the agent from ending. */
function letGo(holder: ChildProcess): void {
  holder.unref();
  for (const pipe of [holder.stdin, holder.stdout, holder.stderr]) if (pipe instanceof Socket) pipe.unref();
}
