import type { Context } from "./context.ts";
import { formatBytes, freeBytes, LITTLE_BYTES } from "./free-space.ts";
import { shownFrom } from "./load-pipeline.ts";
import { stateDir } from "./stages/local/state-dir.ts";

/** Says before a build starts here that the disk is nearly full; where that cannot be found out, nothing. */
export async function tellLittleSpace({
  env,
  globals,
  print,
}: Pick<Context, "env" | "globals" | "print">): Promise<void> {
  const folder = stateDir(env, globals);
  const free = await freeBytes(folder).catch(() => Number.POSITIVE_INFINITY);
  if (free >= LITTLE_BYTES) return;
  print.note(
    `only ${formatBytes(free)} are free below ${shownFrom(env.cwd, folder)}: a build that fills the disk is interrupted, and goes on when there is room`,
  );
}
