import { execFileSync } from "node:child_process";

/** Whether this machine has a program and lets it do something. */
export function succeeds(program: string, ...words: readonly string[]): boolean {
  try {
    execFileSync(program, words, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
