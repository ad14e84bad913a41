import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type MusterOptions, muster, musterJson, startMuster } from "./run-muster.ts";

/** A temporary folder in which a user works, with state of its own; removed with `await using`. */
export interface Workspace extends AsyncDisposable {
  readonly dir: string;
  readonly options: MusterOptions;
  write(path: string, text: string, options?: { executable?: boolean }): Promise<string>;
  muster(...args: string[]): ReturnType<typeof muster>;
  start(...args: string[]): ReturnType<typeof startMuster>;
  json<T>(...args: string[]): Promise<T>;
}

/** @param program how the command is called, where it is not the checkout's */
export async function createWorkspace(
  env: Readonly<Record<string, string>> = {},
  program?: readonly string[],
): Promise<Workspace> {
  const dir = await mkdtemp(join(tmpdir(), "muster-e2e-"));
  const options = { cwd: dir, env, ...(program !== undefined && { program }) };
  return {
    dir,
    options,
    async write(path, text, { executable = false } = {}) {
      const file = join(dir, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
      if (executable) await chmod(file, 0o755);
      return file;
    },
    muster: (...args) => muster(args, options),
    start: (...args) => startMuster(args, options),
    json: (...args) => musterJson(args, options),
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true, maxRetries: 5 }),
  };
}
