import { expect, test } from "vitest";
import { exampleActivity, examplePipeline } from "../testing/example-pipeline.ts";
import { InvalidPipelineError } from "./check-pipeline.ts";
import { type Retry, retriesOf, secondsUntilRetry } from "./retries.ts";

const failed = "Muster.ScriptFailed";
const lost = "Muster.WorkerInterrupted";
const rests = (retries: readonly Retry[] | undefined, errors: readonly string[]) =>
  errors.map((_, index) =>
    secondsUntilRetry(retriesOf(retries === undefined ? {} : { retries }), errors.slice(0, index + 1)),
  );

test("where an activity says nothing, a failure is tried again after 1 and 5 minutes", () => {
  expect(rests(undefined, [failed, failed, failed])).toEqual([60, 300, undefined]);
});

test("what it says of failures says nothing of lost machines, nor of what cannot get better", () => {
  expect(rests([], [failed])).toEqual([undefined]);
  expect(rests([], [lost, "States.HeartbeatTimeout", lost, lost, lost, lost])).toEqual([1, 1, 1, 1, 1, undefined]);
  expect(rests([], ["Muster.Requeued"])).toEqual([1]);
  expect(rests([{ maxAttempts: 3 }], ["Muster.NoWorkerStarted"])).toEqual([undefined]);
});

test("each rule counts its own attempts, and the first that names an error decides", () => {
  const retries: Retry[] = [
    { errors: [failed], maxAttempts: 0 },
    { errors: ["Muster.LogIdle", "States.Timeout"], maxAttempts: 2, interval: 10, backoffRate: 3, maxDelay: 20 },
    { maxAttempts: 1 },
  ];
  expect(rests(retries, [failed])).toEqual([undefined]);
  expect(rests(retries, ["Muster.LogIdle", "Mine", lost, "States.Timeout", "Muster.LogIdle"])).toEqual([
    10,
    60,
    1,
    20,
    undefined,
  ]);
});

test.each<[string, Retry[], string[]]>([
  [
    "more attempts than a history has room for",
    [{ maxAttempts: 1001 }],
    ["Make.retries[0].maxAttempts: 1001 is not a whole number from 0 to 1000"],
  ],
  [
    "half an attempt",
    [{ maxAttempts: 0.5 }],
    ["Make.retries[0].maxAttempts: 0.5 is not a whole number from 0 to 1000"],
  ],
  [
    "a wait that AWS does not take",
    [{ maxAttempts: 1, interval: 100_000_000 }],
    ["Make.retries[0].interval: 100000000 is more than AWS's 99999999 seconds"],
  ],
  ["no wait at all", [{ maxAttempts: 1, interval: 0 }], ["Make.retries[0].interval: 0 is not a whole number above 0"]],
  ["waits that shrink", [{ maxAttempts: 1, backoffRate: 0.5 }], ["Make.retries[0].backoffRate: 0.5 is less than 1"]],
  [
    "a longest wait of over a year",
    [{ maxAttempts: 1, maxDelay: 31_622_400 }],
    ["Make.retries[0].maxDelay: 31622400 is more than AWS's 31622399 seconds"],
  ],
  [
    "a longest wait below the first",
    [{ maxAttempts: 1, maxDelay: 30 }],
    ["Make.retries[0].maxDelay: 30 is less than the interval of 60"],
  ],
  [
    "an error that is none",
    [{ errors: ["Muster.ScriptFaild"], maxAttempts: 1 }],
    ['Make.retries[0].errors: "Muster.ScriptFaild" is no error of a task; did you mean "Muster.ScriptFailed"?'],
  ],
  [
    "one that has retries of its own",
    [{ errors: [lost], maxAttempts: 1 }],
    [`Make.retries[0].errors: ${lost} is retried in the same way for every activity, or never`],
  ],
  [
    "AWS's word for all",
    [{ errors: ["States.ALL"], maxAttempts: 1 }],
    ["Make.retries[0].errors: States.ALL is a rule without errors"],
  ],
  [
    "an error with two rules",
    [
      { errors: [failed], maxAttempts: 1 },
      { errors: [failed], maxAttempts: 2 },
    ],
    [`Make.retries[1].errors: ${failed} has a rule before this one, which decides`],
  ],
  [
    "rules after the one for all",
    [{ maxAttempts: 1 }, { errors: [failed], maxAttempts: 2 }],
    ["Make.retries[0] names no errors, so it is for all that are left: rules after it are never asked, put it last"],
  ],
  [
    "a rule for no error",
    [{ errors: [] as never, maxAttempts: 1 }],
    [`Make.retries[0].errors: an empty list is not a list of errors' names: ["${failed}"]`],
  ],
])("refused: %s", (_, retries, expected) => {
  const define = () => examplePipeline([exampleActivity("Make", { retries })]);
  expect(define).toThrow(InvalidPipelineError);
  expect(define).toThrow(expect.objectContaining({ problems: expected }));
});

test("errors that others report by names of their own may be named", () => {
  const retries: Retry[] = [{ errors: ["MirrorDown", failed], maxAttempts: 1000, interval: 5 }, { maxAttempts: 0 }];
  expect(examplePipeline([exampleActivity("Make", { retries })]).activities[0]?.retries).toBe(retries);
});
