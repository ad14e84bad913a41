import { defineConfig } from "tsup";

/**
 * The command as a bundle, which starts in a fifth of the time, and beside it `@muster/pipeline` for the pipelines that it loads: they
 * share its code.
 */
export default defineConfig({
  entry: { muster: "src/main.ts", pipeline: "../pipeline/src/index.ts" },
  format: "esm",
  platform: "node",
  target: "node22",
  outDir: "dist",
  outExtension: () => ({ js: ".mjs" }),
  clean: true,
  splitting: true,
  noExternal: [/./],
  // Some of the SDK's dependencies are CommonJS.
  banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
});
