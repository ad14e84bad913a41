import { defineConfig } from "tsup";

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
  // Some of the SDK's dependencies are CommonJS.
  banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
});
