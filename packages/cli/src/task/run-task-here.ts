import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { decide, inputOfTask, lookout } from "@muster/lambdas";
import { type Activity, type StageDescription, scriptFile, WorkerEnvironment } from "@muster/pipeline";
import type { Context } from "../context.ts";
import { type LoadedPipeline, shownFrom } from "../load-pipeline.ts";
import { refuseUnfitScripts } from "../refuse-unfit-scripts.ts";
import { stateDir } from "../stages/local/state-dir.ts";
import type { Stage } from "../stages/stage.ts";
import { changesBetween, listBuckets } from "./bucket-objects.ts";
import { type FoundTask, findTask } from "./find-task.ts";
import { refuseShellWithoutTerminal } from "./refuse-shell.ts";
import { reportTask } from "./report-task.ts";
import { startTask } from "./start-task.ts";
import { leaveTaskFolder, prepareTaskFolder } from "./task-folder.ts";
import { variablesHere } from "./worker-here.ts";

interface TaskArguments {
  readonly task: string;
  readonly words: readonly string[];
  readonly dir: string | undefined;
  readonly keep: boolean;
  readonly noInit: boolean;
  readonly shell: boolean;
}

/**
 * Runs one task's script on this machine, as a worker would, with the objects of the local stage.
 * @returns the script's exit code; 130 when it was interrupted
 */
export async function runTaskHere(asked: TaskArguments, context: Context): Promise<number> {
  const { env, globals, print, signal } = context;
  if (asked.shell) refuseShellWithoutTerminal(print, globals);
  const loaded = await context.loadPipeline();
  const stage = await context.openStage({ to: "serve", serves: asked.task });
  const found = await findTask(asked.task, {
    pipeline: loaded.pipeline,
    s3: await stage.s3(),
    words: asked.words,
    today: new Date(),
  });
  const { activity } = found.task;
  await refuseUnfitScripts({ ...loaded, pipeline: { ...loaded.pipeline, activities: [activity] } }, context);
  const folder = resolve(env.cwd, asked.dir ?? join(stateDir(env, globals), "tasks", activity.name));
  const shown = shownFrom(env.cwd, folder);
  await prepareTaskFolder(folder, { shown, keep: asked.keep });
  try {
    const { decision, input } = await describe(found, stage);
    print.note(`${found.name} in ${shown}`);
    if (!decision.run) print.note(`a build would skip it: ${decision.reason}`);
    const before = await listBuckets(await stage.s3(), stage.description);
    const startedMs = performance.now();
    const ended = await startTask({
      input,
      folder,
      worker: workerOf(loaded, activity, { description: stage.description, withInit: !asked.noInit }),
      variables: variablesHere({
        url: stage.url as string,
        region: stage.description.region,
        folder,
        pipelineFolder: loaded.folder,
        env,
      }),
      shell: asked.shell,
      signal,
      output: globals.json ? "stderr" : "stdout",
    });
    const ms = performance.now() - startedMs;
    const changes = changesBetween(before, await listBuckets(await stage.s3(), stage.description));
    await reportTask({ ...found, ended, changes, folder, ms }, { stage, print, globals });
    return signal.aborted ? 130 : ended.exitCode;
  } finally {
    await leaveTaskFolder(folder);
  }
}

/** What a build that came to the task now would decide, and give to its worker. */
async function describe({ task, build }: FoundTask, { s3, description, pipeline }: Stage) {
  const now = () => new Date();
  const decision = await decide(task, {
    build,
    buckets: description.buckets,
    ...lookout(await s3(), description.buckets),
    now,
  });
  const { restore } = decision;
  const execution = `${description.stateMachineArn.replace(":stateMachine:", ":execution:")}:none`;
  return { decision, input: inputOfTask(task, { build, execution, pipeline, stage: description, restore }) };
}

/** The scripts are run as they lie in the pipeline's folder now. */
function workerOf(
  { pipeline, folder }: LoadedPipeline,
  { name, script, init, afterTask }: Activity,
  { description, withInit }: { description: StageDescription; withInit: boolean },
): WorkerEnvironment {
  const url = (path: string) => pathToFileURL(scriptFile(folder, path)).href;
  return WorkerEnvironment.parse({
    ACTIVITY_ARN: description.activities[name],
    ACTIVITY_NAME: name,
    SCRIPT_URL: url(script),
    ...(withInit && init !== undefined && { INIT_URL: url(init) }),
    ...(afterTask !== undefined && { AFTER_TASK_URL: url(afterTask) }),
    DUMMY_SCRIPT_URL: url(pipeline.dummyScript),
    AWS_REGION: description.region,
    LOG_GROUP: description.logGroups[name],
    STATE_BUCKET: description.buckets.state,
    SCRATCH_BUCKET: description.buckets.scratch,
  });
}
