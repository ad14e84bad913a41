import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "tsup";

/**
 * `node npm/dist.ts <folder>`: what the npm package consists of beside its declarations: the program and the constructs, with the packages of ours that npm does
 * not get; and, built, what a stage's functions and its workers' archives are made of: `functions/`, `agent/`.
 */
const root = join(import.meta.dirname, "..");
const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("which folder?");
const packages = join(root, "../packages");
await build({
  config: false,
  silent: true,
  entry: {
    index: join(root, "src/index.ts"),
    constructs: join(root, "src/constructs.ts"),
    main: join(root, "src/main.ts"),
    "bundle-functions": join(packages, "lambdas/bundle/bundle-functions.ts"),
    "write-agent-archives": join(packages, "worker-agent/bundle/write-agent-archives.ts"),
  },
  format: "esm",
  platform: "node",
  target: "node22",
  outDir: folder,
  outExtension: () => ({ js: ".js" }),
  splitting: true,
  noExternal: [/^@muster\/(?!pipeline$)/],
  external: ["esbuild"],
  esbuildOptions: (options) => {
    // The chunks' names depend on their sources' paths as seen from here.
    options.absWorkingDir = root;
    options.legalComments = "none";
  },
  esbuildPlugins: [
    {
      name: "built-already",
      setup: (setup) =>
        setup.onResolve({ filter: /\/(build-programs|bundle-agent)\.ts$/ }, ({ path }) => ({ path, external: true })),
    },
  ],
});

const { buildPrograms } = await import(join(packages, "lambdas/bundle/build-programs.ts"));
const { programs }: { programs: ReadonlyMap<string, string> } = await buildPrograms();
mkdirSync(join(folder, "functions"), { recursive: true });
for (const [name, text] of programs) writeFileSync(join(folder, "functions", `${name}.mjs`), text);

const { bundleAgent } = await import(join(packages, "worker-agent/bundle/bundle-agent.ts"));
await bundleAgent(join(folder, "agent"));
