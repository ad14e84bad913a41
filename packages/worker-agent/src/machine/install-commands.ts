import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { quoteForShell } from "./quote-for-shell.ts";

/**
 * Gives scripts their commands: `muster-s3`, which is this agent's program once more. A publication calls it dozens of times: what Node
 * compiled stays in the task's own temporary folder, where no other task's script can put anything in its place.
 * @param program the agent's bundle, or main.ts
 */
export async function installCommands(bin: string, program: string): Promise<void> {
  const flags = program.endsWith(".ts") ? ["--disable-warning=ExperimentalWarning"] : [];
  const command = [process.execPath, ...flags, program, "s3"].map(quoteForShell).join(" ");
  const file = join(bin, "muster-s3");
  await writeFile(
    file,
    `#!/bin/sh\nNODE_COMPILE_CACHE="\${TMPDIR:+$TMPDIR/muster-s3-compiled}" exec ${command} "$@"\n`,
  );
  await chmod(file, 0o755);
}
