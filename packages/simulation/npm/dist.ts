import { join } from "node:path";
import { build } from "tsup";

/** `node npm/dist.ts <folder>`: what the npm package consists of beside its declarations: the simulation, with the packages of ours that npm does not get. */
const root = join(import.meta.dirname, "..");
const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("which folder?");
await build({
  config: false,
  silent: true,
  entry: { published: join(root, "src/published.ts") },
  format: "esm",
  platform: "node",
  target: "node22",
  outDir: folder,
  outExtension: () => ({ js: ".js" }),
  noExternal: [/^@muster\/(?!pipeline$)/],
  esbuildOptions: (options) => {
    options.absWorkingDir = root;
    options.legalComments = "none";
  },
});
