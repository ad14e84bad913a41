import { expect, test } from "vitest";
import type { TaskResource } from "../language/task-resource.ts";
import { createFrame, type Frame, Phase } from "./frame.ts";
import { needsOf } from "./resume-frame.ts";

const graph = { startAt: "A", states: new Map() };

function frame(phase: Phase, more: Partial<Frame> = {}): Frame {
  const fresh = createFrame({ id: 1, parent: undefined, index: 0, graph, item: undefined, input: null, chain: 0 });
  return { ...fresh, phase, ...more };
}
const taskOf = (resource: TaskResource) => ({
  task: { resource, timeoutSeconds: undefined, heartbeatSeconds: undefined },
});
const activity = taskOf({ kind: "activity", arn: "arn:a" });
const lambda = taskOf({ kind: "lambda", arn: "arn:f" });

const nothing = { step: false, timer: false, dispatch: false };
const step = { ...nothing, step: true };

test.each([
  ["whose next state is to be entered takes a step", frame(Phase.Enter), step],
  ["that waits sets its timer", frame(Phase.Waiting), { ...nothing, timer: true }],
  ["that backs off sets its timer", frame(Phase.Backoff), { ...nothing, timer: true }],
  ["whose function is about to be called takes a step", frame(Phase.Scheduled, lambda), step],
  [
    "whose function was called calls it again",
    frame(Phase.Started, lambda),
    { step: false, timer: true, dispatch: true },
  ],
  [
    "whose function has its token waits for its callback",
    frame(Phase.Started, { ...lambda, submitted: true }),
    { ...nothing, timer: true },
  ],
  [
    "whose task waits for a worker offers it again",
    frame(Phase.Scheduled, activity),
    { step: false, timer: true, dispatch: true },
  ],
  ["whose call is under way already needs nothing", frame(Phase.Started, { ...lambda, abortCall: () => {} }), nothing],
  ["that was closed needs nothing", frame(Phase.Closed), nothing],
])("a frame %s", (_, given, needs) => {
  expect(needsOf(given)).toEqual(needs);
});

test("a frame goes on only below frames that wait for it", () => {
  const forked = frame(Phase.Forked, { parent: frame(Phase.Forked) });
  expect(needsOf(frame(Phase.Enter, { parent: forked }))).toEqual(step);
  const failed = frame(Phase.Forked, { parent: frame(Phase.Failed) });
  expect(needsOf(frame(Phase.Enter, { parent: failed }))).toEqual(nothing);
});
