import type { State, StateMachineDefinition, States } from "@muster/asl";
import { fixedState } from "@muster/pipeline";

/** Seconds from one health check to the next; a build ends with one, so that it lasts up to so much longer than its work. */
const TICK_SECONDS = 300;

/** Whatever an activity failed of: twice more, after a minute and then five. */
const ACTIVITY_RETRY = [{ ErrorEquals: ["States.ALL"], IntervalSeconds: 60, MaxAttempts: 2, BackoffRate: 5 }];

/**
 * The state machine that Muster replaced, made of the one that Muster renders: tasks are lost until their timeout, for nobody heartbeats;
 * one rule of retries is for every error; and the health check waits its five minutes, whatever has ended meanwhile.
 */
export function predecessorsMachine(rendered: StateMachineDefinition): StateMachineDefinition {
  return { ...rendered, States: statesOf(rendered.States) };
}

const statesOf = (states: States): States =>
  Object.fromEntries(Object.entries(states).map(([name, state]) => [name, stateOf(name, state)]));

function stateOf(name: string, state: State): State {
  if (name === fixedState.healthCheckWait) {
    return { Type: "Wait", Seconds: TICK_SECONDS, Next: fixedState.healthCheck };
  }
  switch (state.Type) {
    case "Map":
      return {
        ...state,
        ItemProcessor: { ...state.ItemProcessor, States: statesOf(state.ItemProcessor.States) },
      };
    case "Parallel":
      return { ...state, Branches: state.Branches.map((branch) => ({ ...branch, States: statesOf(branch.States) })) };
    case "Task":
      return state.Resource.includes(":activity:") ? withoutHeartbeat(state) : state;
    default:
      return state;
  }
}

function withoutHeartbeat({ HeartbeatSeconds: _, ...task }: State & { readonly Type: "Task" }): State {
  return { ...task, Retry: ACTIVITY_RETRY };
}
