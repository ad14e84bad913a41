import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BuildPlan, PlannedTask } from "@muster/lambdas";
import { type BuildInput, scriptFile, type Task, taskEnvironment } from "@muster/pipeline";
import type { Context } from "./context.ts";
import { findRepository } from "./stages/local/find-repository.ts";
import { workerVariables } from "./stages/local/worker-variables.ts";
import type { Stage } from "./stages/stage.ts";
import { EnvironmentError } from "./usage-error.ts";

const TIMEOUT_MS = 60_000;

/**
 * Has the steps that a build would run on this machine look at it, as far as they have a script for that, before anything is started.
 * On AWS each worker sees to itself.
 * @throws EnvironmentError with what they find, each thing once
 */
export async function refuseUnfitMachine(
  stage: Stage,
  build: BuildInput,
  { env, signal, plan }: Pick<Context, "env" | "signal"> & { plan: () => Promise<BuildPlan> },
): Promise<void> {
  const { pipeline, description, url } = stage;
  const isReal = build.debug === "" || build.debug === "test_build";
  if (url === undefined || !isReal || pipeline.activities.every(({ check }) => check === undefined)) return;
  const { tasks } = await plan();
  const { region, buckets } = description;
  const machine = { ...env, url, region, repository: findRepository(stage.pipelineFolder) };
  const found = await Promise.all(
    toCheck(tasks).map((task) =>
      inFolder((folder) =>
        findingOf(scriptFile(stage.pipelineFolder, task.activity.check as string), {
          cwd: folder,
          env: {
            ...workerVariables({ ...machine, temporary: folder }),
            STATE_BUCKET: buckets.state,
            ...taskEnvironment(pipeline, task, { build, buckets }),
          },
          signal,
        }),
      ),
    ),
  );
  const findings = [...new Set(found.filter((each) => each !== undefined))];
  if (findings.length > 0 && !signal.aborted)
    throw new EnvironmentError(findings.join("; "), { hint: "nothing was started" });
}

/** An empty folder that is gone afterwards. */
async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "muster-check-"));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The first task of each activity that is checked, on each platform, that would run. */
function toCheck(planned: readonly PlannedTask[]): Task[] {
  const tasks = planned.flatMap(({ step, node }) =>
    step.run && node.kind === "task" && node.task.activity.check !== undefined ? [node.task] : [],
  );
  const place = ({ activity, subject }: Task) =>
    `${activity.name} ${subject.per === "platform" ? subject.platform : ""}`;
  return [...new Map(tasks.reverse().map((task) => [place(task), task])).values()].reverse();
}

interface CheckOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** What a check says is wrong: its last line. Nothing where it succeeds. */
function findingOf(file: string, options: CheckOptions): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(file, { ...options, timeout: TIMEOUT_MS }, (error, stdout, stderr) => {
      if (error === null) return resolve(undefined);
      const last = `${stdout}\n${stderr}`.trimEnd().split("\n").at(-1)?.trim();
      resolve(last ? last.replace(/^error: /, "") : `${file}: ${error.message.trim()}`);
    });
  });
}
