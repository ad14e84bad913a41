import { execFile } from "node:child_process";
import { close as closeFile, constants, open as openFile } from "node:fs";
import { rm } from "node:fs/promises";
import { Socket } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { InvalidConfigurationError } from "@muster/pipeline";

/** What a script writes to, and the agent reads from. */
export interface OutputPipe {
  /** A script's standard output and error at once, so that their lines keep their order. */
  readonly writeFd: number;
  readonly readable: Socket;
  /** The agent's own end for writing: the output ends when all others are closed too. */
  closeWriteEnd(): Promise<void>;
}

/** Hands out pipes; the next is made while nobody waits for it. */
export interface PipeSource {
  next(): Promise<OutputPipe>;
  close(): Promise<void>;
}

/** Names for pipes are made in dozens: each call of mkfifo is a process. */
const NAMES_AT_ONCE = 12;

/** @param folder where pipes have names until they are used */
export function pipeSource(folder: string): PipeSource {
  let made = 0;
  let names: string[] = [];
  const open = async (): Promise<OutputPipe> => {
    if (names.length === 0) {
      const fresh = Array.from({ length: NAMES_AT_ONCE }, () => join(folder, `pipe-${process.pid}-${made++}`));
      await makeFifos(fresh);
      names = fresh;
    }
    return openOutputPipe(names.pop() as string);
  };
  const make = () => {
    const pipe = open();
    pipe.catch(() => {});
    return pipe;
  };
  let ready: Promise<OutputPipe> | undefined;
  return {
    async next() {
      const pipe = await (ready ?? make());
      // Not at once: the one who asked is about to start a script.
      ready = undefined;
      setImmediate(() => {
        ready ??= make();
      });
      return pipe;
    },
    async close() {
      const pipe = await ready?.catch(() => undefined);
      pipe?.readable.destroy();
      await pipe?.closeWriteEnd();
      await Promise.all(names.map((name) => rm(name, { force: true })));
    },
  };
}

/**
 * A pipe with no name. Node's own pipes are sockets, and a script could not open `/dev/stdout` or `/dev/stderr` again through one.
 * @param path its name, which it loses
 */
async function openOutputPipe(path: string): Promise<OutputPipe> {
  // Without O_NONBLOCK each open would wait for the other end.
  const readFd = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writeFd = await open(path, constants.O_WRONLY);
  await rm(path);
  return {
    writeFd,
    readable: new Socket({ fd: readFd, readable: true, writable: false }),
    closeWriteEnd: () => close(writeFd),
  };
}

/** Descriptors rather than file handles, which would close them when they are collected. */
const open = promisify(openFile);
const close = promisify(closeFile);

async function makeFifos(paths: readonly string[]): Promise<void> {
  try {
    await promisify(execFile)("mkfifo", ["-m", "600", ...paths]);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT") throw error;
    throw new InvalidConfigurationError("this machine has no mkfifo", { hint: "install coreutils" });
  }
}
