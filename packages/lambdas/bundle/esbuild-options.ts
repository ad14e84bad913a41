import { existsSync } from "node:fs";
import { join } from "node:path";
import type { BuildOptions, Plugin } from "esbuild";

/** What programs and bundles have in common. */
export const BUILD = {
  bundle: true,
  minify: true,
  platform: "node",
  format: "esm",
  /** Lambda's Node. */
  target: "node24",
  mainFields: ["module", "main"],
  outdir: "/",
  outExtension: { ".js": ".mjs" },
  legalComments: "none",
  charset: "utf8",
  // Warnings of libraries; functions log by themselves.
  drop: ["console"],
  logLevel: "error",
  metafile: true,
  write: false,
} as const satisfies BuildOptions;

/** Modules that are given as text, each behind a prefix; what they import is looked for from here. */
export function texts(prefix: string, modules: ReadonlyMap<string, string>): Plugin {
  return {
    name: prefix,
    setup(setup) {
      setup.onResolve({ filter: new RegExp(`^${prefix}`) }, ({ path }) => ({ path, namespace: prefix }));
      setup.onLoad({ filter: /.*/, namespace: prefix }, ({ path }) => ({
        contents: modules.get(path.slice(prefix.length)) ?? "",
        resolveDir: import.meta.dirname,
      }));
    },
  };
}

/** Those of a build's inputs that are files: others are texts of ours. */
export const filesOf = (inputs: Readonly<Record<string, unknown>>): string[] =>
  Object.keys(inputs)
    .map((path) => join(process.cwd(), path))
    .filter((path) => existsSync(path));
