import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Diagnostics } from "./diagnostics.ts";

/** How scripts are started, so that what is the agent's alone is not there for them. */
export interface ScriptView {
  /** Whether the agent's own folder is hidden from scripts. */
  readonly hides: boolean;
  /** The command that runs an executable file. */
  command(file: string): readonly [string, ...string[]];
}

/** Scripts see everything that the agent's user may see. */
export const openView: ScriptView = { hides: false, command: (file) => [file] };

/** Over the folder, in a mount namespace of the script's own; mounts that are made outside later do reach it. */
const HIDE = ["unshare", "--mount", "--propagation", "slave", "--", "sh", "-c"] as const;
/** When memory runs out, the kernel shall choose the script, not the agent that has to tell of it. */
const PROGRAM = 'echo 500 >/proc/self/oom_score_adj; mount -t tmpfs -o size=4k,mode=0555 none "$0" && exec "$1"';

/** Hides a folder where the machine allows it: the agent must be root, and have util-linux. */
export async function hidingView(folder: string, diagnostics: Diagnostics): Promise<ScriptView> {
  const command = (file: string): readonly [string, ...string[]] => [...HIDE, PROGRAM, folder, file];
  try {
    const [program, ...words] = command("true");
    await promisify(execFile)(program, words);
    return { hides: true, command };
  } catch (error) {
    diagnostics.warn("scripts can see the agent's own folder: no task token is written to disk", { error });
    return openView;
  }
}
