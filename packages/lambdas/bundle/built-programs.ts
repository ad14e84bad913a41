import type { FunctionName } from "@muster/pipeline";

/** The text of each function's program, which exports `handlerOf(pipeline)`. */
export type FunctionPrograms = ReadonlyMap<FunctionName, string>;

export interface BuiltPrograms {
  readonly programs: FunctionPrograms;
  /** Absolute paths of the files that they were made of. */
  readonly inputs: readonly string[];
}
