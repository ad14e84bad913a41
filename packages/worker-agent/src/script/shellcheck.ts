import { execFile } from "node:child_process";
import { promisify } from "node:util";
import * as z from "zod";
import type { ScriptFinding } from "./script-finding.ts";

/** What shellcheck says, most severe first. */
export interface ShellcheckFindings {
  readonly errors: readonly ScriptFinding[];
  readonly warnings: readonly ScriptFinding[];
}

/** Shells that shellcheck knows. */
const DIALECTS = ["sh", "bash", "dash", "ksh"];

const Report = z.object({
  comments: z.array(
    z.object({ file: z.string(), line: z.number(), level: z.string(), code: z.number(), message: z.string() }),
  ),
});

/** It reads dozens of scripts in a second; whoever waits for a build does not wait longer for advice. */
const PATIENCE_MS = 20_000;

export interface ShellScript {
  readonly file: string;
  readonly shell: string;
}

/** Asks shellcheck about scripts, where the machine has it: else nothing is found. @see https://www.shellcheck.net/wiki */
export async function shellcheck(scripts: readonly ShellScript[]): Promise<ShellcheckFindings> {
  const known = scripts.filter(({ shell }) => DIALECTS.includes(shell));
  const shells = [...new Set(known.map(({ shell }) => shell))];
  const comments = await Promise.all(
    shells.map((shell) =>
      commentsOn(
        known.filter((each) => each.shell === shell),
        shell,
      ),
    ),
  );
  const found = (level: string) =>
    comments
      .flat()
      .filter((comment) => comment.level === level)
      .map(({ file, line, message, code }): ScriptFinding => ({ file, line, message: `${message} (SC${code})` }));
  return { errors: found("error"), warnings: found("warning") };
}

async function commentsOn(scripts: readonly ShellScript[], shell: string) {
  const files = scripts.map(({ file }) => file);
  const words = ["--format=json1", "--severity=warning", `--shell=${shell}`, "--", ...files];
  const { stdout } = await promisify(execFile)("shellcheck", words, { timeout: PATIENCE_MS }).catch(
    // It ends with 1 where it has found something.
    (error: { stdout?: string }) => ({ stdout: error.stdout ?? "" }),
  );
  try {
    return Report.parse(JSON.parse(stdout)).comments;
  } catch {
    return [];
  }
}
