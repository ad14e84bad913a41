import { leanBuiltins, straightImports } from "@muster/worker-agent/bundle-plugins";
import { defineConfig } from "tsup";

/**
 * The command as a bundle, which starts in a fifth of the time, and beside it `@muster/pipeline` for the pipelines that it loads: they
 * share its code.
 */
export default defineConfig({
  entry: { muster: "src/start.ts", pipeline: "../pipeline/src/index.ts" },
  format: "esm",
  platform: "node",
  target: "node22",
  outDir: "dist",
  outExtension: () => ({ js: ".mjs" }),
  clean: true,
  splitting: true,
  noExternal: [/./],
  // It would resolve `node:http` before any other.
  removeNodeProtocol: false,
  // Names stay, so that a stack trace can be read.
  esbuildOptions: (options) => {
    options.minifySyntax = true;
    options.minifyWhitespace = true;
  },
  esbuildPlugins: [leanBuiltins, straightImports],
  // Some of the SDK's dependencies are CommonJS.
  banner: { js: 'const require = process.getBuiltinModule("node:module").createRequire(import.meta.url);' },
});
