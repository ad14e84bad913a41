import { join, resolve } from "node:path";
import { decide, inputOfTask, lookout } from "@muster/lambdas";
import type { Context } from "../context.ts";
import { shownFrom } from "../load-pipeline.ts";
import { refuseUnfitScripts } from "../refuse-unfit-scripts.ts";
import { findRepository } from "../stages/local/find-repository.ts";
import { stateDir } from "../stages/local/state-dir.ts";
import { workerVariables } from "../stages/local/worker-variables.ts";
import { writeClientProfile } from "../stages/local/write-client-profile.ts";
import type { Stage } from "../stages/stage.ts";
import { changesBetween, listBuckets } from "./bucket-objects.ts";
import { type FoundTask, findTask } from "./find-task.ts";
import { reportTask } from "./report-task.ts";
import { startTask } from "./start-task.ts";
import { leaveTaskFolder, prepareTaskFolder } from "./task-folder.ts";

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
  const loaded = await context.loadPipeline();
  const stage = await context.openStage({ to: "serve", serves: asked.task });
  const found = await findTask(asked.task, {
    pipeline: loaded.pipeline,
    s3: stage.s3,
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
    const before = await listBuckets(stage.s3, stage.description);
    const startedMs = performance.now();
    const ended = await startTask({
      input,
      activity,
      description: stage.description,
      folder,
      scripts: loaded.folder,
      dummyScript: loaded.pipeline.dummyScript,
      variables: variablesOf(stage, { folder, repository: findRepository(loaded.folder), env }),
      init: !asked.noInit,
      shell: asked.shell,
      signal,
      output: globals.json ? "stderr" : "stdout",
    });
    const ms = performance.now() - startedMs;
    const changes = changesBetween(before, await listBuckets(stage.s3, stage.description));
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
    ...lookout(s3, description.buckets),
    now,
  });
  const { restore } = decision;
  const execution = `${description.stateMachineArn.replace(":stateMachine:", ":execution:")}:none`;
  return { decision, input: inputOfTask(task, { build, execution, pipeline, stage: description, restore }) };
}

function variablesOf(
  { url, description: { region } }: Stage,
  { folder, repository, env }: { folder: string; repository: string | undefined; env: Context["env"] },
): Readonly<Record<string, string>> {
  const endpoint = url as string;
  const profile = writeClientProfile({ dir: join(folder, "aws"), url: endpoint, region });
  return {
    ...workerVariables({ ...env, url: endpoint, region, repository, temporary: join(folder, "tmp") }),
    AWS_CONFIG_FILE: profile.AWS_CONFIG_FILE as string,
    AWS_SHARED_CREDENTIALS_FILE: profile.AWS_SHARED_CREDENTIALS_FILE as string,
    // There is no instance: whoever asks for its metadata is told so at once.
    AWS_EC2_METADATA_SERVICE_ENDPOINT: "http://127.0.0.1:9",
  };
}
