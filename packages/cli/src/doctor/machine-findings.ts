import { checkScriptFiles } from "@muster/worker-agent";
import type { Context } from "../context.ts";
import { counted } from "../counted.ts";
import { explainError } from "../explain-error.ts";
import { formatBytes, freeBytes, LITTLE_BYTES } from "../free-space.ts";
import { type LoadedPipeline, shownFrom } from "../load-pipeline.ts";
import { stateDir } from "../stages/local/state-dir.ts";
import { programVersion } from "../version.ts";
import { bad, type Finding, good, poor } from "./finding.ts";

/** What any command needs of this machine: the program, the pipeline and its scripts. */
export async function machineFindings(context: Context): Promise<Finding[]> {
  const program = good("muster", `${programVersion()}, with Node ${process.version}`);
  try {
    const loaded = await context.loadStagePipeline();
    return [program, pipelineFinding(loaded, context), await scriptsFinding(loaded, context)];
  } catch (error) {
    const { message, hint, exitCode } = explainError(error);
    // Of a stage that cannot be asked, what is found of the stage tells.
    return exitCode === 3 ? [program] : [program, bad("pipeline", message, hint)];
  }
}

/** What builds on this machine need besides. */
export async function localFindings({ env, globals }: Context): Promise<Finding[]> {
  const folder = stateDir(env, globals);
  try {
    const free = await freeBytes(folder);
    const words = `${formatBytes(free)} free below ${shownFrom(env.cwd, folder)}`;
    return [
      free < LITTLE_BYTES
        ? poor("disk", words, "free some space, or choose another folder with --state-dir")
        : good("disk", words),
    ];
  } catch (error) {
    const { message, hint } = explainError(error);
    return [bad("disk", message, hint)];
  }
}

const pipelineFinding = ({ pipeline, file }: LoadedPipeline, { env }: Context): Finding =>
  good("pipeline", `${pipeline.name}, ${counted(pipeline.activities.length, "step")}, ${shownFrom(env.cwd, file)}`);

async function scriptsFinding({ pipeline, folder }: LoadedPipeline, { env }: Context): Promise<Finding> {
  const { faults, warnings } = await checkScriptFiles(pipeline, { folder });
  const [first] = [...faults, ...warnings];
  if (first === undefined) return good("scripts", "every script can run");
  const name = shownFrom(env.cwd, first.file);
  const place = first.line === undefined ? name : `${name}:${first.line}`;
  const more = faults.length + warnings.length - 1;
  const words = `${place}: ${first.message}${more > 0 ? `, and ${counted(more, "more finding")}` : ""}`;
  return faults.length > 0
    ? bad("scripts", words, first.hint?.replaceAll(first.file, name) ?? "muster build tells each of them")
    : poor("scripts", words, "muster build tells each of them");
}
