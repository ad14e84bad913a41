import type { BuildHistory } from "@muster/history";
import { parseBuildInput, placeCells, placeWords, wordsOf } from "@muster/pipeline";
import type { ExitCode } from "../command.ts";
import type { Context } from "../context.ts";
import { counted } from "../counted.ts";
import { type BuildSummary, findBuild } from "../history/find-build.ts";
import { loadBuild } from "../history/load-build.ts";
import { nextCommand } from "../next-command.ts";
import { layoutRows } from "../plan/layout-rows.ts";
import type { Print } from "../print.ts";
import { terminalColumns } from "../print.ts";
import { refuseUnfitScripts } from "../refuse-unfit-scripts.ts";
import { startAndFollow } from "../run-build.ts";
import { UsageError } from "../usage-error.ts";
import { wrapColumns } from "../wrap-columns.ts";
import { madeAgainBesides, type RetriedTask, retryOf, whatToRetry } from "./what-to-retry.ts";

interface RetryArguments {
  readonly build: string;
  readonly rerun: readonly string[];
  readonly plan: boolean;
  readonly noFollow: boolean;
  readonly timeScale: string | undefined;
}

/** What `retry --plan --json` prints. */
export interface RetryJson {
  /** That is retried. */
  readonly build: string;
  /** What the new build is asked for. */
  readonly words: readonly string[];
  readonly tasks: readonly RetriedTask[];
}

/**
 * Does again what a build left undone, as a new build that names it.
 * @throws UsageError when it runs, has succeeded, never began, or left nothing to do
 */
export async function retryBuild(
  { build: name, rerun, plan, noFollow, timeScale }: RetryArguments,
  context: Context,
): Promise<ExitCode> {
  const { openStage, loadStagePipeline, print, globals } = context;
  const stage = await openStage({ to: "read" });
  const summary = await findBuild(stage, name);
  const build = await loadBuild(stage, summary.executionArn);
  const again = rerun.flatMap((step) => ["--rerun", step]);
  const words = [...wordsToRetry(summary, build, context), ...again];
  const undone = whatToRetry(build, stage.pipeline);
  if (undone.length === 0 && again.length === 0) throw nothingLeft(summary, build);
  const retry = retryOf(summary.name, undone, build);
  const input = parseBuildInput({ inputs: words, retry }, stage.pipeline, { today: summary.startedAt });
  const besides = madeAgainBesides(build, { pipeline: stage.pipeline, rerun: input.rerun, tasks: undone });
  const tasks = [...undone, ...besides];
  if (plan && globals.json) print.json({ build: summary.name, words, tasks } satisfies RetryJson);
  else for (const line of reportRetry(summary.name, tasks, print)) (plan ? print.report : print.note)(line);
  if (plan) return 0;
  await refuseUnfitScripts(await loadStagePipeline(), context);
  return startAndFollow(
    { input, asked: words, origin: { retry }, same: ["retry", summary.name, ...again], noFollow, timeScale },
    context,
  );
}

function wordsToRetry({ name }: BuildSummary, build: BuildHistory, { globals }: Context): string[] {
  if (build.state === "running") {
    throw new UsageError(`the build ${name} has not ended`, {
      hint: `${nextCommand(globals, ["stop", name])} ends it; a step that has failed is tried again when the build has ended`,
    });
  }
  if (build.state === "succeeded") {
    throw new UsageError(`the build ${name} has succeeded: nothing of it is left to do`, {
      hint: "muster build with the same words makes what is gone since, and with --rerun <step> what is there again",
    });
  }
  if (build.input === undefined) {
    throw new UsageError(`the build ${name} never began, so that nothing of it can be done again`, {
      hint: `muster status ${name} says why; muster build starts another`,
    });
  }
  const { withdraw, versions } = build.input;
  if (withdraw !== undefined) {
    throw new UsageError(`the build ${name} takes ${versions.join(", ")} back, and is not done again as a build`, {
      hint: `${nextCommand(globals, ["withdraw", versions[0] ?? ""])} goes on with it`,
    });
  }
  // What it made again is done, but for what the retry says of it.
  return wordsOf({ ...build.input, rerun: undefined, force: undefined });
}

function nothingLeft({ name }: BuildSummary, { state }: BuildHistory): UsageError {
  return new UsageError(
    `the build ${name} ${state === "failed" ? "failed" : `was ${state}`}, and no step of it is left to do`,
    {
      hint: `muster status ${name} says of what; muster build with the same words starts it anew`,
    },
  );
}

/** What will be done, a line for each step and version. */
export function reportRetry(name: string, tasks: readonly RetriedTask[], print: Print): string[] {
  const columns = terminalColumns(print);
  const rows = grouped(tasks).map((group) => [isThen(group) ? "then" : "again", group.step, ...group.cells, group.why]);
  const inner = columns === undefined ? undefined : columns - 2;
  return [
    ...wrapColumns(headline(name, tasks), { columns, indent: "  " }),
    ...layoutRows(rows, inner).map((line) => `  ${line}`),
  ];
}

const isThen = ({ why }: Pick<RetriedTask, "why">): boolean =>
  why === "waited for what failed" || why === "was not started" || why === "gets what is made again";

function headline(name: string, tasks: readonly RetriedTask[]): string {
  const count = (...whys: RetriedTask["why"][]) => tasks.filter(({ why }) => whys.includes(why)).length;
  const again = count("failed", "was cut off", "ran without what failed", "to be made again");
  const waited = count("waited for what failed");
  const notStarted = count("was not started");
  const follow = count("gets what is made again");
  const parts = [
    ...(again > 0 ? [`${counted(again, "task")} again`] : []),
    ...(waited > 0 ? [`${counted(waited, "task")} that waited`] : []),
    ...(notStarted > 0 ? [`${counted(notStarted, "task")} that ${notStarted === 1 ? "was" : "were"} not started`] : []),
    ...(follow > 0 ? [`${counted(follow, "task")} behind`] : []),
  ];
  return `a retry of ${name}: ${inWords(parts)}`;
}

const inWords = (parts: readonly string[]): string =>
  parts.length < 3 ? parts.join(", and ") : `${parts.slice(0, -1).join(", ")}, and ${parts.at(-1)}`;

interface Group {
  readonly step: string;
  readonly why: RetriedTask["why"];
  readonly cells: readonly [version: string, platform: string];
}

/** Platforms of a version that fare alike are one line. */
function grouped(tasks: readonly RetriedTask[]): Group[] {
  const groups = new Map<string, RetriedTask[]>();
  for (const task of tasks) {
    const key = JSON.stringify([task.step, task.why, placeWords(task.place)[0] ?? ""]);
    groups.set(key, [...(groups.get(key) ?? []), task]);
  }
  return [...groups.values()].flatMap((group): Group[] => {
    const [first] = group;
    if (first === undefined) return [];
    const [version, named] = placeCells(first.place);
    const platform = first.allPlatforms ? "all platforms" : named;
    return [
      {
        step: first.step,
        why: first.why,
        cells: [version, group.length > 1 ? `${group.length} platforms` : platform],
      },
    ];
  });
}
