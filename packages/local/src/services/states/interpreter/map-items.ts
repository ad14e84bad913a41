import { isArray, type Json, numberOf } from "../language/json.ts";
import { jsonText } from "../language/json-text.ts";
import type { MapState } from "../language/state.ts";
import { RuntimeError } from "../language/state-error.ts";
import type { Execution } from "./execution.ts";
import type { Frame } from "./frame.ts";
import { effectiveInput, readExplained, scopeOf } from "./scope.ts";

export interface MapItems {
  readonly items: readonly Json[];
  /** 0 for no limit of its own. */
  readonly concurrency: number;
  /** The state's input after InputPath: what ItemSelector sees. */
  readonly input: Json;
}

/** What a Map state iterates over, unless it lies in S3. It follows from the state's input alone, so it needs no record of its own. */
export function itemsOf(execution: Execution, frame: Frame, state: MapState): MapItems {
  const input = effectiveInput(execution, frame);
  const scope = scopeOf(execution, frame, input);
  const concurrency = concurrencyOf(state, scope);
  if (state.distributed?.reader !== undefined) return { items: [], concurrency, input };
  const items = state.itemsPath === undefined ? input : readExplained(state.itemsPath, scope);
  if (!isArray(items)) {
    throw new RuntimeError(`Reference path "${state.itemsPath?.text ?? "$"}" must point to array.`);
  }
  return { items, concurrency, input };
}

function concurrencyOf(state: MapState, scope: ReturnType<typeof scopeOf>): number {
  if (typeof state.maxConcurrency === "number") return state.maxConcurrency;
  const value = readExplained(state.maxConcurrency, scope);
  const limit = numberOf(value);
  if (Number.isInteger(limit) && Number(limit) >= 0) return Number(limit);
  throw new RuntimeError(
    `The MaxConcurrencyPath field refers to value "${jsonText(value)}" which is not a non-negative integer`,
  );
}
