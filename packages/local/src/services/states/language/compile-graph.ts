import type { FieldReader } from "./field-reader.ts";
import type { StateGraph } from "./state.ts";

/** Compiles the graph that an object holds; its problems are reported there. */
export type CompileGraph = (fields: FieldReader) => StateGraph;
