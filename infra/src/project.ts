import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { InvalidConfigurationError, missingPackage } from "@muster/pipeline";
import type { BundleFolders } from "./bundle-folders.ts";
import { stageNamed } from "./define-stages.ts";
import type { Stage } from "./stage-settings.ts";

/** Where `stages.ts` and `cdktf.json` lie: the working folder, as for cdktf itself. */
export interface Project {
  readonly folder: string;
  readonly bundles: BundleFolders;
  /** What is fetched once for all bundles. */
  readonly cache: string;
}

export function projectIn(folder: string): Project {
  const cache = join(folder, "node_modules/.cache/muster-infra");
  return { folder, cache, bundles: { functions: join(cache, "functions"), agents: join(cache, "agents") } };
}

/**
 * The stages of `stages.ts`, or the one that is named.
 * @throws MusterError when the file is not there, does not load, or has no such stage
 */
export async function projectStages({ folder }: Project, name?: string): Promise<readonly Stage[]> {
  const stages = await loadStages(folder);
  return name === undefined ? stages : [stageNamed(stages, name)];
}

async function loadStages(folder: string): Promise<readonly Stage[]> {
  const file = join(folder, "stages.ts");
  if (!existsSync(file))
    throw new InvalidConfigurationError(`there is no stages.ts in ${folder}`, {
      hint: 'write one: export default defineStages({ … }), with defineStages from "@muster/infra"',
    });
  let module: { default?: readonly Stage[] };
  try {
    module = await import(pathToFileURL(file).href);
  } catch (error) {
    // By name: stages may be defined by their own copy of the package.
    if (error instanceof Error && error.name.startsWith("Muster.")) throw error;
    const missing = missingPackage(error, "stages.ts");
    if (missing !== undefined) throw missing;
    const [line = ""] = String(error instanceof Error ? error.message : error).split("\n");
    throw new InvalidConfigurationError(`stages.ts cannot be loaded: ${line}`, { cause: error });
  }
  if (!Array.isArray(module.default))
    throw new InvalidConfigurationError("stages.ts exports no stages as its default", {
      hint: "export default defineStages({ … })",
    });
  return module.default;
}
