export type { State, StateMachineDefinition, States } from "./amazon-states-language.ts";
export { drawStateMachine } from "./draw-state-machine.ts";
export { formatStateMachine } from "./format-state-machine.ts";
export { renderStateMachine } from "./render-state-machine.ts";
export type { Resources } from "./resources.ts";
