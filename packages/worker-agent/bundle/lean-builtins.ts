import { isBuiltin } from "node:module";
import type { Options } from "tsup";

type Plugin = NonNullable<Options["esbuildPlugins"]>[number];

const NAMESPACE = "lean-builtins";

/**
 * Takes of Node's own modules what a program names. An import of such a module, even of one name, reads all its names: those of `http` load undici,
 * those of `fs` and `crypto` load streams and the web's cryptography: a third of the time that `muster-s3` takes to start.
 */
export const leanBuiltins: Plugin = {
  name: NAMESPACE,
  setup(build) {
    build.onResolve({ filter: /^(node:)?[a-z0-9_/]+$/ }, ({ path, kind }) => {
      // CommonJS asks for the module itself, and whoever imports it when it is needed may ask it for any name.
      if (kind !== "import-statement" || !isBuiltin(path)) return undefined;
      return { path: path.replace(/^node:/, ""), namespace: NAMESPACE, sideEffects: false };
    });
    build.onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ path }) => ({ contents: namesOf(path) }));
  },
};

/** A module of which each name is read by itself, and those that nobody imports not at all. */
function namesOf(path: string): string {
  const builtin = process.getBuiltinModule(path) as Record<string, unknown>;
  const names = Object.keys(builtin).filter((name) => /^[A-Za-z]\w*$/.test(name) && name !== "default");
  return [
    `const builtin = /* @__PURE__ */ process.getBuiltinModule("node:${path}");`,
    "export { builtin as default };",
    ...names.flatMap((name, index) => [
      `const name${index} = /* @__PURE__ */ (() => builtin.${name})();`,
      `export { name${index} as ${name} };`,
    ]),
  ].join("\n");
}
