import { emit } from "../interpreter/emit.ts";
import { EventCode } from "../interpreter/event-codes.ts";
import type { Execution } from "../interpreter/execution.ts";
import { checkSize } from "../interpreter/finish-state.ts";
import type { Frame } from "../interpreter/frame.ts";
import { itemsOf } from "../interpreter/map-items.ts";
import { effectiveInput, scopeOf } from "../interpreter/scope.ts";
import type { Json } from "../language/json.ts";
import type { MapState } from "../language/state.ts";

export function runMap(execution: Execution, frame: Frame, state: MapState): void {
  // Evaluated for its errors: applying the record evaluates it again, also after a restart.
  itemsOf(execution, frame, state);
  emit(execution, { frame, code: EventCode.MapStateStarted });
  fillIterations(execution, frame, state);
}

/** Starts iterations until as many run as may. */
export function fillIterations(execution: Execution, frame: Frame, state: MapState): void {
  const { fork } = frame;
  if (fork?.items === undefined) return;
  while (fork.started < fork.items.length && fork.children.size < fork.limit) {
    const index = fork.started;
    const item = { index, value: fork.items[index] ?? null };
    const value = state.itemSelector === undefined ? item.value : selectItem(execution, frame, { state, item });
    const previousEventId = fork.vacated[0] ?? frame.chain;
    emit(execution, { frame, code: EventCode.MapIterationStarted, value, previousEventId });
    const child = fork.children.get(index);
    if (child !== undefined) execution.surroundings.ready(execution, child);
  }
}

interface Selection {
  readonly state: MapState;
  readonly item: { readonly index: number; readonly value: Json };
}

function selectItem(execution: Execution, frame: Frame, { state, item }: Selection): Json {
  const input = effectiveInput(execution, frame);
  const selected = state.itemSelector?.(scopeOf(execution, frame, input, { item })) ?? null;
  checkSize(state.name, selected);
  return selected;
}
