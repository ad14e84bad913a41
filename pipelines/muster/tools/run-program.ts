import { spawn } from "node:child_process";
import { env as own } from "./env.ts";

/**
 * Runs a program to its end and answers what it printed on stdout, or nothing where that is shown instead; its stderr is ours.
 * @throws Error naming the program, when it is not there or does not end with 0
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  { env = {}, cwd, show = false }: { env?: Readonly<Record<string, string>>; cwd?: string; show?: boolean } = {},
): Promise<string> {
  const child = spawn(program, args, {
    env: { ...own.inherited(), ...env },
    stdio: ["ignore", show ? "inherit" : "pipe", "inherit"],
    ...(cwd === undefined ? {} : { cwd }),
  });
  const chunks: Buffer[] = [];
  child.stdout?.on("data", (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve, reject) => {
    child.on("error", (error: NodeJS.ErrnoException) =>
      reject(error.code === "ENOENT" ? new Error(`this machine has no ${program}: install it and build again`) : error),
    );
    child.on("close", (code, signal) => {
      if (code === 0) resolve(Buffer.concat(chunks).toString("utf8"));
      else reject(new Error(`${program} ${args[0] ?? ""} ended with ${signal ?? code}`));
    });
  });
}
