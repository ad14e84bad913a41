import { defineConfig, type Options } from "tsup";

/**
 * Node's `http` as its own modules have it. An import of it, even of one name, reads all its names, and with `WebSocket` loads undici: a third of the
 * time that `muster-s3` takes to start.
 */
const leanHttp: NonNullable<Options["esbuildPlugins"]>[number] = {
  name: "lean-http",
  setup(build) {
    build.onResolve({ filter: /^(node:)?http$/ }, () => ({ path: "http", namespace: "lean-http" }));
    build.onLoad({ filter: /.*/, namespace: "lean-http" }, () => ({
      contents: [
        'const http = process.getBuiltinModule("node:http");',
        "export default http;",
        "export const { Agent, request } = http;",
      ].join("\n"),
    }));
  },
};

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
  esbuildPlugins: [leanHttp],
  // Some of the SDK's dependencies are CommonJS.
  banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
});
