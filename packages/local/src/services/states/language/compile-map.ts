import { readBase, readResult } from "./compile-base.ts";
import { compileDistributed, refuseDistributedFields } from "./compile-distributed.ts";
import type { CompileGraph } from "./compile-graph.ts";
import type { FieldReader } from "./field-reader.ts";
import type { MapState } from "./state.ts";

export function compileMap(name: string, fields: FieldReader, compileGraph: CompileGraph): MapState | undefined {
  fields.atMostOne("ItemProcessor", "Iterator");
  fields.atMostOne("ItemSelector", "Parameters");
  fields.atMostOne("MaxConcurrency", "MaxConcurrencyPath");
  const processor = fields.object(fields.has("ItemProcessor") ? "ItemProcessor" : "Iterator");
  const isDistributed = readMode(processor?.object("ProcessorConfig"));
  const distributed = isDistributed ? compileDistributed(name, fields) : undefined;
  if (!isDistributed) refuseDistributedFields(fields);
  if (processor === undefined && !fields.has("ItemProcessor") && !fields.has("Iterator")) {
    fields.problem("ItemProcessor", "The field 'ItemProcessor' is required in a Map state");
  }
  const graph = processor && compileGraph(processor);
  processor?.finish("ItemProcessor");
  const base = { ...readBase(name, fields), ...readResult(fields) };
  const itemSelector = fields.template(fields.has("ItemSelector") ? "ItemSelector" : "Parameters");
  const itemsPath = fields.path("ItemsPath") ?? undefined;
  const maxConcurrency = fields.has("MaxConcurrencyPath")
    ? fields.requiredPath("MaxConcurrencyPath")
    : (fields.number("MaxConcurrency", { least: 0 }) ?? 0);
  if (graph === undefined || maxConcurrency === undefined) return undefined;
  return { type: "Map", ...base, itemsPath, itemSelector, maxConcurrency, processor: graph, distributed };
}

/** True of a distributed Map. */
function readMode(config: FieldReader | undefined): boolean {
  if (config === undefined) return false;
  const mode = config.string("Mode") ?? "INLINE";
  const type = config.string("ExecutionType");
  if (mode !== "INLINE" && mode !== "DISTRIBUTED")
    config.problem("Mode", "The value for the field 'Mode' must be INLINE or DISTRIBUTED");
  if (mode === "DISTRIBUTED" && type !== "STANDARD") {
    const express = type === "EXPRESS" ? ": Express workflows are not supported here" : "";
    config.problem("ExecutionType", `The value for the field 'ExecutionType' must be STANDARD${express}`);
  }
  config.finish("ProcessorConfig");
  return mode === "DISTRIBUTED";
}
