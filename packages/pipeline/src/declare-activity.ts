import type { Activity, ActivityPer, DefinitionPer } from "./activity.ts";
import { checkedActivity } from "./definition-answers.ts";
import type { Per } from "./subject.ts";

/** Declares a kind of step; the state machine, queue, machine, roles and reports follow from it. */
export function activity<P extends Per>(definition: DefinitionPer<P>): Activity<P> {
  const { heartbeat = 300, startTimeout = 1800 } = definition;
  return checkedActivity({ ...definition, heartbeat, startTimeout, kind: "activity" } as ActivityPer<P>);
}
