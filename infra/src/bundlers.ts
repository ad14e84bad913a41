import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { BundleFunctions } from "@muster/lambdas";
import type { WriteAgentArchives } from "@muster/worker-agent";

export interface Bundlers {
  readonly bundleFunctions: BundleFunctions;
  readonly writeAgentArchives: WriteAgentArchives;
}

/** What builds functions and the agent's archives: beside this program in an installed Muster; in a checkout within the packages that are built, whose entries have none of it. */
export async function loadBundlers(): Promise<Bundlers> {
  const [functions, archives] = await Promise.all([
    import(moduleOf("@muster/lambdas", "bundle-functions")),
    import(moduleOf("@muster/worker-agent", "write-agent-archives")),
  ]);
  return { ...functions, ...archives };
}

function moduleOf(owner: string, name: string): string {
  const installed = join(import.meta.dirname, `${name}.js`);
  if (existsSync(installed)) return pathToFileURL(installed).href;
  return new URL(`../bundle/${name}.ts`, import.meta.resolve(owner)).href;
}
