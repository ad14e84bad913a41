import { join } from "node:path";
import { leanBuiltins, straightImports } from "@muster/worker-agent/bundle-plugins";
import { build } from "tsup";

/**
 * `node npm/dist.ts <folder>`: what the npm package of the command consists of: the command, the program on a worker beside it, and `@muster/pipeline` for the
 * pipelines that are loaded, which share their code. Everything is bundled: what was tested is what is installed.
 */
const root = join(import.meta.dirname, "..");
const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("which folder?");
await build({
  config: false,
  silent: true,
  entry: {
    muster: join(root, "src/start.ts"),
    agent: join(root, "../worker-agent/src/main.ts"),
    pipeline: join(root, "../pipeline/src/index.ts"),
  },
  format: "esm",
  platform: "node",
  target: "node22",
  outDir: folder,
  outExtension: () => ({ js: ".mjs" }),
  splitting: true,
  noExternal: [/./],
  // It would resolve `node:http` before any other.
  removeNodeProtocol: false,
  esbuildPlugins: [leanBuiltins, straightImports],
  esbuildOptions: (options) => {
    // The chunks' names depend on their sources' paths as seen from here.
    options.absWorkingDir = root;
    options.legalComments = "none";
    // Names stay, so that a stack trace from a user's machine can be read.
    options.minifySyntax = true;
    options.minifyWhitespace = true;
  },
  // Some of the SDK's dependencies are CommonJS.
  banner: {
    js: 'const require=process.getBuiltinModule("node:module").createRequire(import.meta.url);',
  },
});
