import { join, resolve } from "node:path";
import type { ExitCode } from "../command.ts";
import type { Context } from "../context.ts";
import { shownFrom } from "../load-pipeline.ts";
import { whyUnreadable } from "../logs/attempt-logs.ts";
import { parseAttempt } from "../logs/choose-attempts.ts";
import { stateDir } from "../stages/local/state-dir.ts";
import type { Stage } from "../stages/stage.ts";
import { refuseShellWithoutTerminal } from "../task/refuse-shell.ts";
import { startTask } from "../task/start-task.ts";
import { leaveTaskFolder, prepareTaskFolder } from "../task/task-folder.ts";
import { variablesHere } from "../task/worker-here.ts";
import { UsageError } from "../usage-error.ts";
import { compareEnds, endHere, exitCodeOf } from "./compare-ends.ts";
import { findAttempt } from "./find-attempt.ts";
import type { ChangedObject } from "./object-copies.ts";
import { prepareRepro, type Repro, writesOf } from "./prepare-repro.ts";
import type { ReproArguments } from "./repro-arguments.ts";
import type { ReproRun } from "./repro-report.ts";
import { serveCopies } from "./serve-copies.ts";
import { showRepro, showRun, tellShell } from "./show-repro.ts";

/**
 * Does an attempt of a task again on this machine, or shows how.
 * @returns with `--run` 1 where it fails here and 0 where it does not, of a shell its exit code
 */
export async function runRepro(asked: ReproArguments, context: Context): Promise<number> {
  const { env, globals, print } = context;
  const attempt = parseAttempt(asked.attempt);
  refuseMixture(asked, context);
  const stage = await context.openStage({ to: "read" });
  const found = await findAttempt(stage, { ...asked, attempt });
  const folder = resolve(env.cwd, asked.dir ?? join(stateDir(env, globals), "repro", found.task));
  const shown = shownFrom(env.cwd, folder);
  await prepareTaskFolder(folder, { shown, keep: false });
  try {
    const repro = await prepareRepro(found, { stage, folder, env, publish: asked.publish });
    const open = { repro, stage, folder, shown };
    if (asked.run) return await again(open, context);
    if (asked.shell) return await shellThere(open, context);
    if (globals.json) print.json(repro.report);
    else showRepro(repro, asked, { print, globals, shown });
    return 0 satisfies ExitCode;
  } finally {
    await leaveTaskFolder(folder);
  }
}

function refuseMixture({ run, shell }: ReproArguments, { globals, print }: Context): void {
  if (run && shell) throw new UsageError("--run and --shell are two things to do", { hint: "choose one of them" });
  if (shell) refuseShellWithoutTerminal(print, globals);
}

interface OpenRepro {
  readonly repro: Repro;
  readonly stage: Stage;
  readonly folder: string;
  /** The folder, as the user would name it. */
  readonly shown: string;
}

async function again({ repro, stage, folder, shown }: OpenRepro, context: Context): Promise<number> {
  const { globals, print, signal } = context;
  const { ended, ...around } = await withCopies({ repro, stage, folder, shown }, context, { shell: false });
  const end = endHere(ended);
  const verdict = compareEnds(repro.report.end, end, { interrupted: signal.aborted });
  const run: ReproRun = { verdict, exitCode: ended.exitCode, end, ...around };
  if (globals.json) print.json({ ...repro.report, run });
  else showRun({ ...repro.report, run }, { print, shown });
  return exitCodeOf(verdict);
}

async function shellThere(open: OpenRepro, context: Context): Promise<number> {
  tellShell(open.repro, { print: context.print, shown: open.shown });
  const { ended } = await withCopies(open, context, { shell: true });
  return ended.exitCode;
}

/** Runs the agent beside copies of the stage's objects, that are served while it runs. */
async function withCopies(
  { repro, stage, folder }: OpenRepro,
  { env, globals, print, signal }: Context,
  { shell }: { shell: boolean },
) {
  const changedObjects: ChangedObject[] = [];
  const refused = new Set<string>();
  const { found, task, home } = repro;
  const copies = await serveCopies({
    stage,
    folder: join(folder, "aws-copies"),
    at: found.record.startedAt,
    isOwn: writesOf(repro, stage.description),
    onChanged: (changed) => void changedObjects.push(changed),
    onRefused(url, error) {
      if (!refused.has(url)) print.note(`${url} cannot be read: ${whyUnreadable(error)}`);
      refused.add(url);
    },
  });
  try {
    const { region } = stage.description;
    const here = { url: copies.url, region, folder, pipelineFolder: stage.pipelineFolder, env };
    const startedMs = performance.now();
    const ended = await startTask({
      input: task.input,
      folder,
      worker: task.worker,
      variables: { ...variablesHere(here), HOME: home },
      shell,
      signal,
      output: globals.json ? "stderr" : "stdout",
    });
    const seconds = Math.round((performance.now() - startedMs) / 1000);
    const changes = { wrote: copies.wrote(), removed: copies.removed() };
    return { ended, seconds, ...changes, changedObjects, refused: [...refused] };
  } finally {
    await copies.close();
  }
}
