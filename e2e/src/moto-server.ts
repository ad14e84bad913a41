import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/**
 * Starts moto, an emulator of AWS that nobody here wrote, by a Python program that prints where it answers and ends with its standard input.
 * @param words what Python is called with
 */
export async function startMotoServer(...words: string[]): Promise<AsyncDisposable & { readonly url: string }> {
  const child = spawn("python3", words, { stdio: ["pipe", "pipe", "ignore"] });
  const ended = once(child, "close");
  const [line] = await Promise.race([
    once(createInterface(child.stdout), "line"),
    ended.then(([code]) => Promise.reject(new Error(`moto's server ended (${code}) before it answered`))),
  ]);
  return {
    url: String(line),
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
