import { setTimeout as sleep } from "node:timers/promises";
import { type BuildPlan, refuseWithdrawn } from "@muster/lambdas";
import { type BuildInput, parseBuildInput } from "@muster/pipeline";
import type { ExitCode } from "./command.ts";
import type { Context } from "./context.ts";
import { listBuilds } from "./history/find-build.ts";
import { nextCommand } from "./next-command.ts";
import { parseTimeScale } from "./parse-time-scale.ts";
import { announcePlan } from "./plan/announce-plan.ts";
import { makePlan } from "./plan/make-plan.ts";
import { reportPlan } from "./plan/report-plan.ts";
import { createProgress } from "./progress/create-progress.ts";
import { followBuild } from "./progress/follow-build.ts";
import { refuseUnfitMachine } from "./refuse-unfit-machine.ts";
import { refuseUnfitScripts } from "./refuse-unfit-scripts.ts";
import { reportOutcome } from "./report-outcome.ts";
import { outliveOwner } from "./stages/outlive-owner.ts";
import type { Stage } from "./stages/stage.ts";
import { type BuildOrigin, type StartedBuild, startBuild } from "./start-build.ts";
import { tellChangedScripts } from "./tell-changed-scripts.ts";
import { tellLittleSpace } from "./tell-little-space.ts";
import { UsageError } from "./usage-error.ts";

const FEW_LOOKS = 10;

interface BuildArguments {
  readonly words: readonly string[];
  readonly input: readonly string[];
  readonly rerun: readonly string[];
  readonly plan: boolean;
  readonly noFollow: boolean;
  readonly timeScale: string | undefined;
}

/** What `muster build --no-follow --json` prints. */
export interface StartedJson {
  readonly name: string;
  readonly executionArn: string;
}

/** Starts a build, or goes on with the one that the same words started, and follows it to its end. */
export async function runBuild(
  { words, input: inputs, rerun, plan, noFollow, timeScale }: BuildArguments,
  context: Context,
): Promise<ExitCode> {
  const { openStage, loadStagePipeline } = context;
  // What cannot be understood is refused before anything is opened or started.
  const loaded = await loadStagePipeline();
  const asked = [
    ...words,
    ...rerun.flatMap((step) => ["--rerun", step]),
    ...inputs.flatMap((said) => ["--input", said]),
  ];
  const input = parseBuildInput(asked, loaded.pipeline, { today: new Date() });
  await refuseUnfitScripts(loaded, context);
  if (plan) {
    const stage = await openStage({ to: "read" });
    await refuseWithdrawn(input, await withdrawalsOf(stage));
    return reportPlan(stage, input, context);
  }

  return startAndFollow({ input, asked, same: ["build", ...asked], noFollow, timeScale }, context);
}

export interface BuildToStart {
  readonly input: BuildInput;
  /** The words that it is started with. */
  readonly asked: readonly string[];
  readonly origin?: BuildOrigin | undefined;
  /** The command that goes on with it: the same again. */
  readonly same: readonly string[];
  readonly noFollow: boolean;
  readonly timeScale: string | undefined;
}

/** Starts a build, or goes on with it where it runs, and follows it to its end. */
export async function startAndFollow(
  { input, asked, origin, same, noFollow, timeScale }: BuildToStart,
  context: Context,
): Promise<ExitCode> {
  const { openStage, print, globals, signal } = context;
  let started: StartedBuild | undefined;
  const progress = createProgress(print, globals);
  return outliveOwner(
    () => openStage({ to: "run", ...parseTimeScale(timeScale) }),
    async (stage) => {
      if (noFollow && stage.movedBy === "here") {
        throw new UsageError("--no-follow needs a process that moves the build", {
          hint: "keep `muster local` running in another terminal, or leave --no-follow out",
        });
      }
      if (started !== undefined) await announceTakeOver(stage, started, context);
      const build = started ?? (await start(stage, { asked, input, origin }, context));
      const makesAgain = input.force === true || input.rerun !== undefined;
      if (started === undefined) await announce(stage, { ...build, makesAgain }, context);
      started = build;
      if (noFollow) {
        if (globals.json) print.json({ name: build.name, executionArn: build.executionArn } satisfies StartedJson);
        else print.report(build.name);
        return 0;
      }
      const history = await followBuild(stage, build.executionArn, { progress, signal, keeps: true });
      if (history.state === "running") return interrupted(stage, build, same, context);
      const exitCode = await reportOutcome(stage, {
        name: build.name,
        executionArn: build.executionArn,
        build: history,
        print,
        globals,
      });
      await waitForOthers(stage, context);
      await waitForAfterTasks(stage, context);
      return exitCode;
    },
  );
}

/** A machine that cannot do it is told first, and then what there is to do. */
async function start(
  stage: Stage,
  { asked, input, origin }: Pick<BuildToStart, "asked" | "input" | "origin">,
  context: Context,
): Promise<StartedBuild> {
  const { env, signal, print } = context;
  let made: Promise<BuildPlan> | undefined;
  const plan = () => {
    made ??= makePlan(stage, input);
    return made;
  };
  await refuseWithdrawn(input, await withdrawalsOf(stage));
  if (stage.movedBy === "here") await tellLittleSpace(context);
  await refuseUnfitMachine(stage, input, { env, signal, plan });
  // What a withdrawal does was said already, in its own words.
  const announce = () =>
    input.withdraw === undefined ? announcePlan(stage, input, { plan, print }) : Promise.resolve();
  return startBuild(stage, asked, { user: env.user, at: new Date(), announce, origin });
}

const withdrawalsOf = async ({ s3, description }: Stage) => ({ s3: await s3(), bucket: description.buckets.state });

async function announce(
  stage: Stage,
  { name, joined, executionArn, others, makesAgain }: StartedBuild & { readonly makesAgain: boolean },
  context: Context,
) {
  const { print, globals } = context;
  print.note(joined ? `going on with the build ${name}, which these words started before` : `build ${name}`);
  if (joined && makesAgain) print.note("what it has made again by now is not made once more");
  if (joined) await tellChangedScripts(stage, { name, executionArn }, context);
  for (const other of others)
    print.note(`the build ${other} runs too (${nextCommand(globals, ["stop", other])} ends it)`);
}

/** The process that moved the build has ended. That it had nothing more to move is the usual reason, and no news. */
async function announceTakeOver(stage: Stage, { name }: StartedBuild, { print }: Context): Promise<void> {
  if (stage.movedBy !== "here") return;
  const running = await listBuilds(stage, { running: true });
  if (running.some((build) => build.name === name))
    print.note(`the process that moved the build has ended; this one goes on with ${name}`);
}

function interrupted(
  { movedBy }: Stage,
  { name }: StartedBuild,
  same: readonly string[],
  { print, globals }: Context,
): 130 {
  const again = nextCommand(globals, same);
  if (movedBy === "here") print.note(`interrupted; ${again} goes on with ${name}`);
  else print.note(`the build ${name} goes on without this command; ${again} follows it again`);
  return 130;
}

/** Builds of other commands live in this process: ending it would interrupt them. */
async function waitForOthers(stage: Stage, { signal, print }: Context): Promise<void> {
  if (stage.movedBy !== "here") return;
  for (let said = false; !signal.aborted; said = true) {
    const running = await listBuilds(stage, { running: true });
    if (running.length === 0) return;
    if (!said)
      print.note(`waiting for ${running.map(({ name }) => name).join(", ")}, moved by this process; Ctrl-C interrupts`);
    await sleep(stage.pollMs, undefined, { signal }).catch(() => undefined);
  }
}

/** Tasks have been reported; what runs after them is of the worker's own, which ends with this process. */
async function waitForAfterTasks(stage: Stage, { signal, print }: Context): Promise<void> {
  if (stage.busyWorkers === undefined || !stage.pipeline.activities.some(({ afterTask }) => afterTask !== undefined))
    return;
  for (let looks = 0; !signal.aborted; looks++) {
    const tasks = await stage.busyWorkers();
    if (tasks.length === 0) return;
    // At first of a worker that is about to say that it is done.
    if (looks === FEW_LOOKS) print.note(`waiting for what runs after ${tasks.join(", ")}; Ctrl-C interrupts`);
    await sleep(stage.pollMs, undefined, { signal }).catch(() => undefined);
  }
}
