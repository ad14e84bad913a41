import { type VirtualClock, virtualClock } from "../src/clock.ts";
import type { OperationContext } from "../src/service.ts";
import { jsonText } from "../src/services/states/language/json-text.ts";
import { createStates } from "../src/services/states/states.ts";
import { recordedFunctions } from "./function-behaviours.ts";
import type { Outcome, RecordedActivity, RecordedCase } from "./recorded-case.ts";

/** The recordings' dates are as far from this day as they were from the day they were recorded. */
export const RECORDED_AT_MS = Date.parse("2026-11-23T22:55:00Z");

type Call = <T extends object>(operation: string, input: object) => Promise<T>;

/** Runs one case on a virtual clock; throws what creating its state machine throws. */
export async function runCase(recorded: RecordedCase): Promise<Outcome> {
  const clock = virtualClock(RECORDED_AT_MS);
  const states = createStates({
    clock,
    region: "us-east-1",
    accountId: "111111111111",
    seed: 1,
    invoke: recordedFunctions(recorded.lambdas, clock),
  });
  const context: OperationContext = {
    requestId: "",
    signal: new AbortController().signal,
    accessKeyId: "",
    endpoint: "",
  };
  const call: Call = async (operation, input) => {
    const run = states.service.operations[operation];
    if (run === undefined) throw new Error(`there is no operation ${operation}`);
    return (await run(input as never, context)) as never;
  };
  try {
    for (const activity of recorded.activities) await prepareActivity(call, activity, clock);
    const { stateMachineArn } = await call<{ stateMachineArn: string }>("CreateStateMachine", {
      name: "recorded",
      definition: jsonText(recorded.definition),
      roleArn: "arn:aws:iam::111111111111:role/recorded",
    });
    const { executionArn } = await call<{ executionArn: string }>("StartExecution", {
      stateMachineArn,
      input: jsonText(recorded.input),
    });
    if (recorded.stopAtOnce) await call("StopExecution", { executionArn });
    return await outcomeOf(call, executionArn, clock);
  } finally {
    await states.close();
  }
}

interface Description {
  readonly status: string;
  readonly error?: string;
  readonly output?: string;
}

interface HistoryPage {
  readonly events: Outcome["history"];
  readonly nextToken?: string;
}

async function outcomeOf(call: Call, executionArn: string, clock: VirtualClock): Promise<Outcome> {
  for (;;) {
    await promisesSettled();
    const { status, error, output } = await call<Description>("DescribeExecution", { executionArn });
    if (status === "RUNNING" && clock.advanceToNext()) continue;
    const history: Outcome["history"][number][] = [];
    for (let nextToken: string | undefined, first = true; first || nextToken !== undefined; first = false) {
      const page: HistoryPage = await call("GetExecutionHistory", { executionArn, maxResults: 1000, nextToken });
      history.push(...page.events);
      nextToken = page.nextToken;
    }
    return { status, error, output, history };
  }
}

function promisesSettled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

async function prepareActivity(
  call: Call,
  { arn, deleted, consumer }: RecordedActivity,
  clock: VirtualClock,
): Promise<void> {
  const { activityArn } = await call<{ activityArn: string }>("CreateActivity", {
    name: arn.slice(arn.lastIndexOf(":") + 1),
  });
  if (deleted) await call("DeleteActivity", { activityArn });
  else if (consumer !== undefined) void consume(call, { activityArn, clock, ...consumer });
}

interface Consumer {
  readonly activityArn: string;
  readonly behaviour: string;
  readonly workerName?: string;
  readonly clock: VirtualClock;
}

/** A worker that takes one task and treats it as the recording's worker did. */
async function consume(call: Call, { activityArn, behaviour, workerName, clock }: Consumer): Promise<void> {
  const { taskToken, input } = await call<{ taskToken?: string; input?: string }>("GetActivityTask", {
    activityArn,
    workerName,
  });
  if (taskToken === undefined || behaviour === "claim-and-stay-silent") return;
  const later = (seconds: number, act: () => unknown) => clock.at(clock.now() + seconds * 1000, act);
  const succeed = () => call("SendTaskSuccess", { taskToken, output: input });
  if (behaviour === "succeed") await succeed();
  else if (behaviour === "fail")
    await call("SendTaskFailure", { taskToken, error: "Programmatic Error", cause: input });
  else if (behaviour === "heartbeat-then-succeed") {
    later(2, () => call("SendTaskHeartbeat", { taskToken }));
    later(4, succeed);
  } else {
    throw new Error(`the case needs a worker that behaves as ${behaviour}: add it to run-case.ts`);
  }
}
