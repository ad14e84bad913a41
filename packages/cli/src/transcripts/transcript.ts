import { join } from "node:path";
import { GetExecutionHistoryCommand, type SFNClient } from "@aws-sdk/client-sfn";
import { vi } from "vitest";
import type { Stage } from "../stages/stage.ts";
import { type InProcessOptions, runInProcess, type Seen } from "../testing/run-in-process.ts";
import { stageInTime } from "../testing/stage-in-time.ts";
import { machinesOf, normalised } from "./normalised.ts";
import { hello, TASK, type TranscriptWorld, work } from "./worlds.ts";

/** What is asked of each stage, about the build that ran or runs there last. */
const QUESTIONS = [
  "status",
  "status --list",
  `why ${TASK}`,
  "why Publish-1.2.3",
  `logs ${TASK}`,
  "logs 1.2.3",
  "workers",
  "results",
  "matrix 1.2.3",
  "artifacts 1.2.3",
  "verify 1.2.3",
  `repro ${TASK}`,
  "withdraw 1.2.3 --plan",
  "retry 1.2.3 --plan",
  "build 1.2.3 --plan",
  "report --html build.html",
  "audit",
  "doctor",
  "notifications",
  "approve 1.2.3",
  "status 1.2.4",
  "why MakePackage-1.2.3-ubuntu",
] as const;

/** A world's stage, with the pipeline's folder. */
export async function stageOf(world: TranscriptWorld, folder: string) {
  const time = await stageInTime({ pipeline: hello, folder, play: (task) => world.play?.(task) ?? work(task) });
  await world.before?.(time);
  vi.setSystemTime(time.now());
  const loaded = { pipeline: hello, folder, file: join(folder, "pipeline.ts") };
  return { ...time, loaded, [Symbol.asyncDispose]: time[Symbol.asyncDispose] };
}

/** A stage whose reader of histories is waited for: it sees each moment of virtual time. */
function watched(stage: Stage) {
  let reads = 0;
  let executionArn: string | undefined;
  const sfn = new Proxy(stage.sfn, {
    get(target, name) {
      if (name !== "send") return Reflect.get(target, name) as unknown;
      return async (...call: Parameters<SFNClient["send"]>) => {
        const answer = await (target.send as (...call: unknown[]) => Promise<unknown>)(...call);
        if (call[0] instanceof GetExecutionHistoryCommand) {
          reads++;
          executionArn = call[0].input.executionArn;
        }
        return answer;
      };
    },
  });
  return {
    stage: { ...stage, sfn } as Stage,
    get executionArn() {
      return executionArn;
    },
    /** Until it has read twice: what was there at the first moment is in the second. */
    async sees(isOver: () => boolean) {
      const before = reads;
      while (reads < before + 2 && !isOver()) await new Promise(setImmediate);
    },
  };
}

/** Builds with `muster build`, which follows it; where it goes on, the command is interrupted. */
async function build(
  time: Awaited<ReturnType<typeof stageOf>>,
  world: TranscriptWorld,
  options: Pick<InProcessOptions, "terminal">,
): Promise<Seen> {
  const { stage, loaded } = time;
  vi.setSystemTime(time.now());
  const watch = watched(stage);
  const interruption = new AbortController();
  let seen: Seen | undefined;
  let problem: unknown;
  const { signal } = interruption;
  runInProcess(["build", "1.2.3"], { ...options, stage: watch.stage, loaded, signal }).then(
    (result) => {
      seen = result;
    },
    (error: unknown) => {
      problem = error;
    },
  );
  const isOver = () => seen !== undefined || problem !== undefined;
  const startedMs = +time.now();
  await time.until(async () => {
    vi.setSystemTime(time.now());
    if (watch.executionArn !== undefined) await world.during?.(time, watch.executionArn);
    await watch.sees(isOver);
    if (world.after !== undefined && +time.now() - startedMs >= world.after * 1000) interruption.abort();
    if (signal.aborted) while (!isOver()) await new Promise(setImmediate);
    return isOver();
  });
  if (problem !== undefined) throw problem;
  return seen as Seen;
}

/** A command with what it prints. */
export const shown = (words: string, { exitCode, stdout, stderr }: Seen): string =>
  [`$ muster ${words}`, stdout, ...(stderr === "" ? [] : ["(stderr)", stderr]), `(exit code ${exitCode})`]
    .map((part) => part.trimEnd())
    .filter((part) => part !== "")
    .join("\n");

/** What a world's build and the questions about it print, as on a machine of alice's. */
export async function transcript(
  world: TranscriptWorld,
  { folder, ...options }: Pick<InProcessOptions, "terminal"> & { readonly folder: string },
): Promise<string> {
  await using time = await stageOf(world, folder);
  const told: string[] = [];
  for (let builds = 1; builds <= (world.builds ?? 1); builds++) {
    told.push(shown("build 1.2.3", await build(time, world, options)));
    if (builds < (world.builds ?? 1)) await time.passes(3600);
  }
  vi.setSystemTime(time.now());
  for (const words of [...QUESTIONS, ...(world.afterwards ?? [])]) {
    const { stage, loaded } = time;
    told.push(shown(words, await runInProcess(words.split(" "), { ...options, stage, loaded })));
  }
  const machines = await machinesOf(time.stage);
  return `${normalised(told.join("\n\n"), { folder, machines })}\n`;
}
