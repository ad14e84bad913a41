import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { ScriptFinding } from "./script-finding.ts";

/** Shells that read a script without running it, by the option `-n`. @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/sh.html */
const READERS = ["bash", "sh", "dash", "ksh"];

/** What stands before a complaint, behind the script's name: the line, as bash (`line 3`, in the user's language) and dash (`3`) write it. */
const PLACE = /^.*?:\s*(?:\S+ )?(\d+):\s*/;

/** Has a shell read a script without running it. Nothing is found where the script is another language's, or the shell is not on this machine. */
export async function shellSyntax(file: string, shell: string): Promise<ScriptFinding[]> {
  if (!READERS.includes(shell)) return [];
  try {
    await promisify(execFile)(shell, ["-n", "--", file]);
    return [];
  } catch (error) {
    const { code, stderr } = error as { code: number | string; stderr?: string };
    if (code === "ENOENT") return [];
    const complaint = (stderr ?? "").split("\n").find((line) => line.trim() !== "") ?? "";
    const told = complaint.replace(file, "");
    const line = Number(PLACE.exec(told)?.[1]);
    const message = told.replace(PLACE, "").trim() || `it ended with ${code}`;
    return [{ file, ...(line > 0 && { line }), message: `${shell} cannot read it: ${message}` }];
  }
}
