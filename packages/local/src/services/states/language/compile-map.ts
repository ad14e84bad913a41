import { readBase, readResult } from "./compile-base.ts";
import type { CompileGraph } from "./compile-graph.ts";
import type { FieldReader } from "./field-reader.ts";
import type { MapState } from "./state.ts";

const DISTRIBUTED_ONLY = [
  "ItemReader",
  "ItemBatcher",
  "ResultWriter",
  "ToleratedFailureCount",
  "ToleratedFailureCountPath",
  "ToleratedFailurePercentage",
  "ToleratedFailurePercentagePath",
] as const;

export function compileMap(name: string, fields: FieldReader, compileGraph: CompileGraph): MapState | undefined {
  fields.atMostOne("ItemProcessor", "Iterator");
  fields.atMostOne("ItemSelector", "Parameters");
  fields.atMostOne("MaxConcurrency", "MaxConcurrencyPath");
  for (const field of DISTRIBUTED_ONLY) {
    if (fields.has(field))
      fields.problem(field, `The field '${field}' belongs to a distributed Map, which is not supported here`);
  }
  const processor = fields.object(fields.has("ItemProcessor") ? "ItemProcessor" : "Iterator");
  const mode = processor?.object("ProcessorConfig");
  if (mode !== undefined) {
    if ((mode.string("Mode") ?? "INLINE") !== "INLINE")
      mode.problem("Mode", "The value for the field 'Mode' must be INLINE: a distributed Map is not supported here");
    mode.has("ExecutionType");
    mode.finish("ProcessorConfig");
  }
  if (processor === undefined && !fields.has("ItemProcessor") && !fields.has("Iterator")) {
    fields.problem("ItemProcessor", "The field 'ItemProcessor' is required in a Map state");
  }
  const graph = processor && compileGraph(processor);
  processor?.finish("ItemProcessor");
  fields.string("Label");
  const base = { ...readBase(name, fields), ...readResult(fields) };
  const itemSelector = fields.template(fields.has("ItemSelector") ? "ItemSelector" : "Parameters");
  const itemsPath = fields.path("ItemsPath") ?? undefined;
  const maxConcurrency = fields.has("MaxConcurrencyPath")
    ? fields.requiredPath("MaxConcurrencyPath")
    : (fields.number("MaxConcurrency", { least: 0 }) ?? 0);
  if (graph === undefined || maxConcurrency === undefined) return undefined;
  return { type: "Map", ...base, itemsPath, itemSelector, maxConcurrency, processor: graph };
}
