import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { quoteForShell } from "./quote-for-shell.ts";

/**
 * Gives scripts their commands: `muster-s3`, which is this agent's program once more.
 * @param program the agent's bundle, or main.ts
 */
export async function installCommands(bin: string, program: string): Promise<void> {
  const flags = program.endsWith(".ts") ? ["--disable-warning=ExperimentalWarning"] : [];
  const command = [process.execPath, ...flags, program, "s3"].map(quoteForShell).join(" ");
  const file = join(bin, "muster-s3");
  await writeFile(file, `#!/bin/sh\nexec ${command} "$@"\n`);
  await chmod(file, 0o755);
}
