import { mkdir } from "node:fs/promises";
import { scriptFile } from "@muster/pipeline";
import { SYSTEM_PATH } from "@muster/worker-agent";
import type { ExitCode } from "../command.ts";
import type { Context } from "../context.ts";
import { layoutRows } from "../plan/layout-rows.ts";
import { terminalColumns } from "../print.ts";
import { noProfiles } from "../stages/local/no-profiles.ts";
import { UsageError } from "../usage-error.ts";
import { startTestWorker } from "./start-test-worker.ts";
import { filesOf, listTestWorkers, testWorkerFolder } from "./test-worker-files.ts";

/** One worker, as `muster run-test-workers --json` has it. */
export interface TestWorkerJson {
  readonly activity: string;
  readonly pid: number;
  /** File. */
  readonly log: string;
}

/** Starts a worker for each activity that has none, and tells where each one writes its log. */
export async function runTestWorkers({ openStage, print, env, globals }: Context): Promise<ExitCode> {
  const stage = await openStage({ to: "read" });
  const { movedBy, description, pipeline } = stage;
  if (movedBy === "nobody") {
    throw new UsageError("no process runs the local stage, so there is nothing to work for", {
      hint: "start muster build … --skip-ec2 or muster local in another terminal first",
    });
  }
  const folder = testWorkerFolder(env, globals);
  await mkdir(folder, { recursive: true });
  const { alive } = listTestWorkers(folder);
  const aws =
    typeof movedBy === "object"
      ? {
          AWS_ENDPOINT_URL: movedBy.url,
          AWS_ACCESS_KEY_ID: "test-worker",
          AWS_SECRET_ACCESS_KEY: "test-worker",
          ...noProfiles,
        }
      : env.aws;
  const variables = {
    PATH: SYSTEM_PATH,
    HOME: env.home,
    LANG: "C.UTF-8",
    ...(env.dummySeconds !== undefined && { MUSTER_DUMMY_SECONDS: env.dummySeconds }),
  };
  const dummyScript = scriptFile(stage.pipelineFolder, pipeline.dummyScript);
  const workers = pipeline.activities.map(({ name }) => ({
    activity: name,
    pid:
      alive.find(({ activity }) => activity === name)?.pid ??
      startTestWorker(name, { folder, dummyScript, description, aws, variables }),
    log: filesOf(folder, name).log,
  }));
  if (globals.json) print.json(workers satisfies TestWorkerJson[]);
  else
    for (const line of layoutRows(
      workers.map(({ activity, pid, log }) => [activity, `pid ${pid}`, log]),
      terminalColumns(print),
    ))
      print.report(line);
  return 0;
}
