import { join } from "node:path";
import { build, type Options } from "tsup";
import config from "../tsup.config.ts";

const root = join(import.meta.dirname, "..");

/** Bundles the agent into a folder. Not into dist/: the bundle there may be the one that a local stage runs at this moment. */
export async function bundleAgent(folder: string): Promise<void> {
  await build({
    ...(config as Options),
    entry: { agent: join(root, "src/main.ts") },
    // The chunks' names depend on their sources' paths as seen from here.
    esbuildOptions: (options) => {
      options.absWorkingDir = root;
    },
    outDir: folder,
    silent: true,
    config: false,
  });
}
