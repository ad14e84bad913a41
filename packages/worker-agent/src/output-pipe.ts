import { execFile } from "node:child_process";
import { close, constants, open } from "node:fs";
import { rm } from "node:fs/promises";
import { Socket } from "node:net";
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

/**
 * A pipe with no name. Node's own pipes are sockets, and a script could not open `/dev/stdout` or `/dev/stderr` again through one.
 * @param path where its name is for a moment
 */
export async function openOutputPipe(path: string): Promise<OutputPipe> {
  await makeFifo(path);
  // Without O_NONBLOCK each open would wait for the other end.
  // Plain descriptors: a FileHandle would close the socket's own one when it is collected as garbage.
  const reader = await promisify(open)(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writer = await promisify(open)(path, constants.O_WRONLY);
  await rm(path);
  return {
    writeFd: writer,
    readable: new Socket({ fd: reader, readable: true, writable: false }),
    closeWriteEnd: () => promisify(close)(writer),
  };
}

async function makeFifo(path: string): Promise<void> {
  try {
    await promisify(execFile)("mkfifo", ["-m", "600", path]);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT") throw error;
    throw new InvalidConfigurationError("this machine has no mkfifo", { hint: "install coreutils" });
  }
}
