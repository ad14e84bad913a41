import { runUntil, type VirtualClock } from "@muster/local";
import type { TaskInput } from "@muster/pipeline";
import { expect } from "vitest";
import { findProcesses, NO_GROUP } from "../src/process/processes.ts";
import type { TestStage } from "./test-stage.ts";
import { type InProcessOptions, startInProcess } from "./worker-in-process.ts";

/** What an execution whose task failed this way ended with. */
export const failure = (error: string, cause: object) => ({
  status: "FAILED",
  error,
  cause: expect.objectContaining(cause),
});

/** Lets virtual time go on while scripts are real. */
export async function pass(stage: TestStage, clock: VirtualClock, ms: number): Promise<void> {
  const untilMs = clock.now() + ms;
  const cancel = clock.at(untilMs, () => {});
  await runUntil(stage.aws, clock, () => clock.now() >= untilMs, { childProcesses: "ignore" });
  cancel();
}

export const linesOf = (stage: TestStage, instanceId: string): Promise<string[]> =>
  stage.logLines(instanceId).catch((): string[] => []);

/** Resolves when a worker's log holds a line. */
export const hasLine = (stage: TestStage, instanceId: string, line: string) =>
  expect.poll(() => linesOf(stage, instanceId), { timeout: 30_000 }).toEqual(expect.arrayContaining([line]));

/** Runs one task on a worker of its own, in real time. */
export async function runOneTask(
  stage: TestStage,
  script: string,
  { task = {}, ...options }: Omit<InProcessOptions, "script"> & { readonly task?: Partial<TaskInput> } = {},
) {
  const worker = await startInProcess(stage, { script, ...options });
  const published = await stage.publish(task);
  const ending = await published.ended;
  worker.stop("the test is over");
  const end = await worker.ended;
  const marks = { group: NO_GROUP, variable: `MUSTER_INSTANCE=${worker.instanceId}` };
  return {
    worker,
    published,
    ending,
    end,
    lines: await linesOf(stage, worker.instanceId),
    left: await findProcesses(marks),
  };
}
