export { leanBuiltins } from "./lean-builtins.ts";
export { straightImports } from "./straight-imports.ts";
