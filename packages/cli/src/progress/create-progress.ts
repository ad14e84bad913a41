import type { GlobalValues } from "../global-arguments.ts";
import type { Print } from "../print.ts";
import { liveProgress } from "./live-progress.ts";
import { plainProgress } from "./plain-progress.ts";
import type { Progress } from "./progress.ts";

/** Live on a terminal, plain lines otherwise. */
export function createProgress(print: Print, globals: GlobalValues): Progress {
  return print.stderr.isTTY ? liveProgress(print, { globals }) : plainProgress(print, globals);
}
