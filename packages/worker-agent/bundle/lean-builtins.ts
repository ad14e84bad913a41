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
    build.onResolve({ filter: /^(node:)?[a-z0-9_/]+$/ }, ({ path, kind, importer }) => {
      // CommonJS asks for the module itself, and whoever imports it when it is needed may ask it for any name.
      if (kind !== "import-statement" || !isBuiltin(path)) return undefined;
      const module = path.replace(/^node:/, "");
      // One for each importer: what several of them share would be a chunk of its own, which takes longer to load than these few words.
      return { path: `${module} of ${importer}`, pluginData: module, namespace: NAMESPACE, sideEffects: false };
    });
    build.onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ pluginData }) => ({
      contents: namesOf(pluginData as string),
    }));
  },
};

/** Loads TLS, which endpoints on this machine do without, and is imported as a whole. */
const LATE = ["https"];

/** A module of which each name is read by itself, and those that nobody imports not at all. */
function namesOf(path: string): string {
  const builtin = process.getBuiltinModule(path) as Record<string, unknown>;
  const names = Object.keys(builtin).filter((name) => /^[A-Za-z]\w*$/.test(name) && name !== "default");
  const load = `process.getBuiltinModule("node:${path}")`;
  const whole = LATE.includes(path)
    ? `({ ${names.map((name) => `get ${name}() { return ${load}.${name}; }`).join(", ")} })`
    : load;
  return [
    `const builtin = /* @__PURE__ */ ${whole};`,
    "export { builtin as default };",
    ...names.flatMap((name, index) => [
      `const name${index} = /* @__PURE__ */ (() => ${isLateFunction(builtin, name) ? `(...args) => builtin.${name}(...args)` : `builtin.${name}`})();`,
      `export { name${index} as ${name} };`,
    ]),
  ].join("\n");
}

/** What a module of Node's loads when it is asked for: `crypto.getRandomValues` brings all of the web's cryptography. */
function isLateFunction(builtin: Record<string, unknown>, name: string): boolean {
  const { get } = Object.getOwnPropertyDescriptor(builtin, name) ?? {};
  const value = builtin[name];
  return (
    get !== undefined && typeof value === "function" && Object.getOwnPropertyNames(value.prototype ?? {}).length < 2
  );
}
