import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

/** Why a file that a script may have written is not read. */
export class UnreadableFileError extends Error {}

/**
 * Reads a file whose place a script could give to anything else: a pipe that nobody writes to, a device without an end, a link to what the
 * script itself may not see.
 * @returns undefined where there is none
 * @throws UnreadableFileError when it is no regular file, or holds more than `mostBytes`
 */
export async function readScriptFile(path: string, { mostBytes }: { mostBytes: number }): Promise<string | undefined> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  let file: FileHandle | undefined;
  try {
    // Without O_NONBLOCK a pipe is opened when somebody writes to it.
    file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    const stat = await file.stat();
    if (!stat.isFile()) throw new UnreadableFileError("it is no file");
    if (stat.size > mostBytes) throw new UnreadableFileError(`it holds more than ${mostBytes} bytes`);
    return await file.readFile("utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    if (error instanceof UnreadableFileError) throw error;
    throw new UnreadableFileError(code === "ELOOP" ? "it is a link" : `it cannot be read: ${code}`);
  } finally {
    await file?.close();
  }
}
