import type { LocalAwsOptions } from "@muster/local";
import { type TestStage, testStage } from "./test-stage.ts";
import { launchWorker, type WorkerOptions, type WorkerProcess, workerProcesses } from "./worker-process.ts";

export interface StageWithWorkers extends TestStage {
  startWorker(options: WorkerOptions): Promise<WorkerProcess>;
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
    startWorker: (worker) => launchWorker(stage, processes, worker),
    async [Symbol.asyncDispose]() {
      await Promise.all(
        processes.workers.map((worker) => {
          worker.process.stdin?.end();
          return worker.stopped;
        }),
      );
      await stage[Symbol.asyncDispose]();
    },
  };
}
