import { relative } from "node:path";
import { InvalidConfigurationError, type Pipeline } from "@muster/pipeline";
import { checkScriptFiles } from "@muster/worker-agent";

/**
 * Refuses scripts that could not run on a worker. What shellcheck thinks of them is for who writes them: a synthesis does not ask it.
 * @throws InvalidConfigurationError naming every fault with its file and line
 */
export async function refuseUnfitScripts(pipeline: Pipeline, folder: string): Promise<void> {
  const { faults } = await checkScriptFiles(pipeline, { folder, advice: false });
  if (faults.length === 0) return;
  const told = faults.map(({ file, line, message }) => {
    const path = relative(folder, file);
    return `${line === undefined ? path : `${path}:${line}`}: ${message}`;
  });
  throw new InvalidConfigurationError(`the pipeline ${pipeline.name}: ${told.join("; ")}`, {
    hint: "muster build --plan says what to do about each",
  });
}
