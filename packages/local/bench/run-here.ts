import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { realClock } from "../src/clock.ts";
import type { OperationContext } from "../src/service.ts";
import { createStates } from "../src/services/states/states.ts";
import { ACTIVITY_ARN, prepare, work, workload } from "./workload.ts";

const WORKERS = 8;

/** Runs the workload on this package's Step Functions, with workers that poll; answers the milliseconds it took. */
export async function runHere(items: number, { durable }: { durable: boolean }): Promise<number> {
  const dir = durable ? mkdtempSync(join(tmpdir(), "muster-bench-")) : undefined;
  const ended = Promise.withResolvers<void>();
  const states = createStates({
    clock: realClock(),
    region: "us-east-1",
    accountId: "111111111111",
    dir,
    historyLimit: Number.POSITIVE_INFINITY,
    invoke: async (_name, payload) => ({ payload: prepare(payload as number) }),
  });
  const context: OperationContext = {
    requestId: "",
    signal: new AbortController().signal,
    accessKeyId: "",
    endpoint: "",
  };
  const call = async (operation: string, input: object) => {
    const answer = await states.service.operations[operation]?.(input as never, context);
    return answer as Readonly<Record<string, string | undefined>>;
  };
  let done = 0;
  const worker = async () => {
    for (;;) {
      const { taskToken, input } = await call("GetActivityTask", { activityArn: ACTIVITY_ARN });
      if (taskToken === undefined) return;
      await call("SendTaskSuccess", { taskToken, output: String(work(Number(input))) });
      if (++done === items) ended.resolve();
    }
  };
  const { definition, input } = workload(items, ACTIVITY_ARN);
  await call("CreateActivity", { name: "work" });
  const { stateMachineArn } = await call("CreateStateMachine", {
    name: "bench",
    definition: JSON.stringify(definition),
    roleArn: "arn:aws:iam::111111111111:role/bench",
  });
  const startedMs = performance.now();
  for (let count = 0; count < WORKERS; count++) void worker();
  const { executionArn } = await call("StartExecution", { stateMachineArn, input: JSON.stringify(input) });
  await ended.promise;
  const { status } = await call("DescribeExecution", { executionArn });
  const tookMs = performance.now() - startedMs;
  if (status !== "SUCCEEDED") throw new Error(`the execution ended as ${status}`);
  await states.close();
  if (dir !== undefined) rmSync(dir, { recursive: true });
  return tookMs;
}
