import { checkScriptFiles, type ScriptFinding } from "@muster/worker-agent";
import type { Context } from "./context.ts";
import { counted } from "./counted.ts";
import { type LoadedPipeline, shownFrom } from "./load-pipeline.ts";
import { UsageError } from "./usage-error.ts";

/** More warnings than these are for shellcheck itself to show. */
const MOST_WARNINGS = 10;

/**
 * Looks at a pipeline's scripts before anything is started, and tells each fault and warning in a line.
 * @throws UsageError when one of them cannot run
 */
export async function refuseUnfitScripts(
  { pipeline, folder }: LoadedPipeline,
  { print, env }: Pick<Context, "print" | "env">,
): Promise<void> {
  const { faults, warnings } = await checkScriptFiles(pipeline, { folder });
  const shown = ({ file, line, message, hint }: ScriptFinding) => {
    const name = shownFrom(env.cwd, file);
    const place = line === undefined ? name : `${name}:${line}`;
    return { message: `${place}: ${message}`, hint: hint?.replaceAll(file, name) };
  };
  for (const fault of faults) print.error(shown(fault));
  for (const warning of warnings.slice(0, MOST_WARNINGS)) print.note(`warning: ${shown(warning).message}`);
  if (warnings.length > MOST_WARNINGS)
    print.note(`${counted(warnings.length - MOST_WARNINGS, "more warning")} of shellcheck's`);
  if (faults.length === 0) return;
  throw new UsageError(`${counted(faults.length, "fault")} in the scripts of ${pipeline.name}`, {
    hint: "nothing was started; correct them and run the command again",
  });
}
