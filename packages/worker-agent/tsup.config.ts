import { defineConfig } from "tsup";
import { leanBuiltins } from "./bundle/lean-builtins.ts";
import { straightImports } from "./bundle/straight-imports.ts";

/** The agent's bundle: what is not needed for the first poll is in chunks of its own, which are loaded later. */
export default defineConfig({
  entry: { agent: "src/main.ts" },
  format: "esm",
  platform: "node",
  target: "node22",
  outDir: "dist",
  outExtension: () => ({ js: ".mjs" }),
  clean: true,
  splitting: true,
  treeshake: true,
  minify: true,
  noExternal: [/./],
  // It would resolve `node:http` before any other.
  removeNodeProtocol: false,
  esbuildPlugins: [leanBuiltins, straightImports],
  // Some of the SDK's dependencies are CommonJS.
  banner: { js: 'const require = process.getBuiltinModule("node:module").createRequire(import.meta.url);' },
});
