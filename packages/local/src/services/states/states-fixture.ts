import {
  CreateActivityCommand,
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  type DescribeExecutionOutput,
  GetActivityTaskCommand,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  SFNClient,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import { type VirtualClock, virtualClock } from "../../clock.ts";
import { createLocalAws, type LocalAws, type LocalAwsOptions } from "../../local-aws.ts";

export const REGION = "us-east-1";
export const ACCOUNT = "111111111111";
const ROLE = `arn:aws:iam::${ACCOUNT}:role/states`;

/** A Step Functions of its own for a test: reached by the AWS SDK, on a clock that the test holds. */
export interface StatesFixture extends AsyncDisposable {
  readonly clock: VirtualClock;
  readonly sfn: SFNClient;
  readonly aws: LocalAws;
  activity(name: string): Promise<string>;
  /** Creates a state machine of these states, the first of which starts, and starts an execution of it. */
  start(states: object, input?: unknown, options?: { name?: string; TimeoutSeconds?: number }): Promise<string>;
  /** A poll that answers once it is given a task. */
  poll(activityArn: string, options?: { workerName?: string; abortSignal?: AbortSignal }): Promise<Task>;
  /** Lets everything happen that needs no time. */
  settle(): Promise<void>;
  /** Lets time pass, in steps at whose ends everything has happened that could. */
  pass(seconds: number): Promise<void>;
  /** Lets time pass until the execution has ended. */
  end(executionArn: string): Promise<DescribeExecutionOutput>;
  history(executionArn: string): Promise<HistoryEvent[]>;
  types(executionArn: string): Promise<string[]>;
}

export interface Task {
  readonly taskToken: string | undefined;
  readonly input: string | undefined;
}

export function functionArn(name: string): string {
  return `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`;
}

export interface FixtureOptions extends Omit<LocalAwsOptions, "clock"> {
  readonly clock?: VirtualClock;
}

export function statesFixture({ clock = virtualClock(), ...options }: FixtureOptions = {}): StatesFixture {
  const aws = createLocalAws({ region: REGION, accountId: ACCOUNT, seed: "fixture", ...options, clock });
  aws.start();
  const sfn = new SFNClient({ ...aws.clientConfig(), maxAttempts: 1 });
  let machines = 0;
  const settle = () => aws.idle();

  const fixture: StatesFixture = {
    clock,
    sfn,
    aws,
    settle,
    async activity(name) {
      const { activityArn } = await sfn.send(new CreateActivityCommand({ name }));
      return activityArn ?? "";
    },
    async start(definition, input = {}, { name, ...machine } = {}) {
      const text = JSON.stringify({ StartAt: Object.keys(definition)[0], States: definition, ...machine });
      const created = await sfn.send(
        new CreateStateMachineCommand({ name: `machine-${++machines}`, definition: text, roleArn: ROLE }),
      );
      const { executionArn } = await sfn.send(
        new StartExecutionCommand({ stateMachineArn: created.stateMachineArn, input: JSON.stringify(input), name }),
      );
      await settle();
      return executionArn ?? "";
    },
    async poll(activityArn, { workerName, abortSignal } = {}) {
      const { taskToken, input } = await sfn.send(
        new GetActivityTaskCommand({ activityArn, workerName }),
        abortSignal === undefined ? {} : { abortSignal },
      );
      return { taskToken, input };
    },
    async pass(seconds) {
      const untilMs = clock.now() + seconds * 1000;
      for (let beforeMs = -1; beforeMs < clock.now(); ) {
        beforeMs = clock.now();
        await settle();
        // Where nothing waits for time, time brings nothing.
        const stepMs = clock.pending === 0 ? Number.POSITIVE_INFINITY : 10_000;
        clock.advance(Math.min(stepMs, untilMs - clock.now()));
      }
      await settle();
    },
    async end(executionArn) {
      for (;;) {
        await settle();
        const execution = await sfn.send(new DescribeExecutionCommand({ executionArn }));
        if (execution.status !== "RUNNING") return execution;
        if (!clock.advanceToNext()) throw new Error(`${executionArn} waits for something that time does not bring`);
      }
    },
    async history(executionArn) {
      const events: HistoryEvent[] = [];
      let nextToken: string | undefined;
      do {
        const page = await sfn.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000, nextToken }));
        events.push(...(page.events ?? []));
        nextToken = page.nextToken;
      } while (nextToken !== undefined);
      return events;
    },
    types: async (executionArn) => (await fixture.history(executionArn)).map(({ type }) => type ?? ""),
    async [Symbol.asyncDispose]() {
      await aws.close();
      sfn.destroy();
    },
  };
  return fixture;
}
