import type { GlobalValues } from "../global-arguments.ts";
import type { Print } from "../print.ts";
import { liveProgress } from "./live-progress.ts";
import { plainProgress } from "./plain-progress.ts";
import type { Progress } from "./progress.ts";

const silent: Progress = { update() {}, close() {} };

/** Redrawn in place on a terminal, appended lines otherwise, and nothing where the user wants none. */
export function createProgress(print: Print, globals: GlobalValues): Progress {
  if (globals.quiet) return silent;
  return print.canRedraw("stderr") ? liveProgress(print, { globals }) : plainProgress(print, globals);
}
