/** A stage as constructs, for cdktf apps of others; apart from what `stages.ts` imports, because cdktf and the provider take a second to load. */
export type { BuiltParts } from "./built-parts.ts";
export type { BundleFolders } from "./bundle-folders.ts";
export { createMusterStack, type MusterStackOptions } from "./muster-stack.ts";
export { type Project, projectIn } from "./project.ts";
export { loadStage, type StagePlaces, type SynthesisOptions, synthesise } from "./synthesise.ts";
