import { resolve } from "node:path";
import type { Env } from "../../env.ts";
import type { GlobalValues } from "../../global-arguments.ts";

/** The folder with this machine's state, as an absolute path. */
export function stateDir({ cwd, stateDir }: Env, globals: Pick<GlobalValues, "stateDir">): string {
  return resolve(cwd, globals.stateDir ?? stateDir ?? ".muster");
}
