import { build } from "tsup";
import config from "../tsup.config.ts";

/** Bundles the agent into a folder. Not into dist/: the bundle there may be the one that a local stage runs at this moment. */
export async function bundleAgent(folder: string): Promise<void> {
  await build({ ...config, outDir: folder, silent: true, config: false });
}
