import type { LocalAwsOptions } from "@muster/local";
import { type TestStage, testStage } from "./test-stage.ts";
import { launchWorker, type WorkerOptions, type WorkerProcess, workerProcesses } from "./worker-process.ts";

export interface StageWithWorkers extends TestStage {
  startWorker(options: WorkerOptions): Promise<WorkerProcess>;
  /** Every process that was a worker, in their order. */
  readonly workers: readonly WorkerProcess[];
}

/** A stage whose instances are real agent processes. All of them have ended when it is disposed of. */
export async function stageWithWorkers(options: LocalAwsOptions = {}): Promise<StageWithWorkers> {
  let place: TestStage | undefined;
  const processes = workerProcesses(
    () => place?.url ?? "",
    () => place?.folder ?? "",
  );
  const stage = await testStage({ ...options, runInstance: processes.runInstance });
  place = stage;
  return {
    ...stage,
    workers: processes.workers,
    startWorker: (worker) => launchWorker(stage, processes, worker),
    async [Symbol.asyncDispose]() {
      await processes.close();
      await stage[Symbol.asyncDispose]();
    },
  };
}
