import { spawn } from "node:child_process";
import { closeSync, openSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { type StageDescription, WorkerEnvironment } from "@muster/pipeline";
import { agentProgram } from "@muster/worker-agent";
import { filesOf, testWorkerName } from "./test-worker-files.ts";

export interface TestWorkerOptions {
  readonly folder: string;
  /** Absolute path. */
  readonly dummyScript: string;
  readonly description: StageDescription;
  /** Where AWS is, and who asks: of the stage, or of the user's own environment. */
  readonly aws: Readonly<Record<string, string>>;
  readonly variables: Readonly<Record<string, string>>;
}

/** Starts a worker that outlives this command: a plain agent without a machine, which runs the dummy script for whatever task it gets. */
export function startTestWorker(
  activity: string,
  { folder, dummyScript, description, aws, variables }: TestWorkerOptions,
): number {
  const files = filesOf(folder, activity);
  const dummy = pathToFileURL(dummyScript).href;
  const environment = WorkerEnvironment.parse({
    ACTIVITY_ARN: description.activities[activity],
    ACTIVITY_NAME: activity,
    // Only the dummy is ever run: real tasks are put back.
    SCRIPT_URL: dummy,
    DUMMY_SCRIPT_URL: dummy,
    AWS_REGION: description.region,
    LOG_GROUP: description.logGroups[activity],
    STATE_BUCKET: description.buckets.state,
    SCRATCH_BUCKET: description.buckets.scratch,
  });
  const output = openSync(files.agentLog, "a");
  try {
    const words = [
      "--disable-warning=ExperimentalWarning",
      agentProgram(),
      "--test-worker",
      testWorkerName(activity),
      "--log",
      files.log,
      "--dir",
      files.dir,
    ];
    const worker = spawn(process.execPath, words, {
      cwd: folder,
      detached: true,
      stdio: ["ignore", output, output],
      env: { ...variables, ...aws, ...environment },
    });
    const pid = worker.pid as number;
    writeFileSync(files.pid, String(pid));
    worker.unref();
    return pid;
  } finally {
    closeSync(output);
  }
}
