import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { realClock } from "../src/clock.ts";
import { openRoom } from "../src/process/script-room.ts";
import { runScript, type ScriptExit, type ScriptToRun } from "../src/script/run-script.ts";
import type { LineTarget } from "../src/script/script-output.ts";

export type TextToRun = Pick<ScriptToRun, "pipes"> &
  Partial<Pick<ScriptToRun, "room" | "onStart" | "signal" | "graceMs" | "clock">> & {
    /** Where the script is written and runs. */
    readonly folder: string;
    readonly target: LineTarget;
  };

/** What the processes of a folder's script are known by. */
export const markOf = (folder: string): string => `MARK=${folder}/mark`;

/** Runs a script that is given as text, by bash where it does not name an interpreter. */
export async function runText(text: string, { folder, target, ...options }: TextToRun): Promise<ScriptExit> {
  const file = join(folder, "script");
  await writeFile(file, text.startsWith("#!") ? text : `#!/bin/bash\n${text}\n`);
  await chmod(file, 0o755);
  return runScript({
    room: openRoom,
    signal: new AbortController().signal,
    graceMs: () => 10_000,
    clock: realClock,
    ...options,
    file,
    cwd: folder,
    env: { PATH: process.env.PATH ?? "", MARK: `${folder}/mark` },
    mark: "MARK",
    targets: [target],
    mask: (line) => line,
  });
}

/** Gathers lines, and takes as many as come. */
export function gather(lines: string[], onLine?: (line: string) => void): LineTarget {
  return {
    write(more) {
      lines.push(...more);
      for (const line of more) onLine?.(line);
    },
    room: () => undefined,
  };
}
