import type { Step } from "@muster/history";
import { wordsOf } from "@muster/pipeline";
import { type BuildSummary, listBuilds } from "../history/find-build.ts";
import { loadBuild } from "../history/load-build.ts";
import type { Stage } from "../stages/stage.ts";
import type { AuditedAttempt, AuditedBuild, Builds, Machine } from "./inventory.ts";
import { lastWorkOf } from "./work-of-machines.ts";

/** Histories read at once: pages of them stay within the 20 a second that the API allows. */
const AT_ONCE = 3;
/** Builds whose ends are known, and of these how many are read for what machines did last. */
const LATEST = 100;
const MOST_ENDED = 20;

type Source = Pick<Stage, "sfn" | "description" | "damagedBuilds">;

/** Running builds; and of those that have ended since a free machine was launched, what they had it do. */
export async function readBuilds(stage: Source, machines: readonly Machine[]): Promise<Builds> {
  const [runningOnes, latest] = await Promise.all([
    listBuilds(stage, { running: true }),
    listBuilds(stage, { max: LATEST }),
  ]);
  const running = await readEach(stage, runningOnes);
  const free = machines.filter(({ instance }) => !lastWorkOf(instance, { running, ended: [], latest }).isAtIt);
  const had = free.filter(({ tasks, state }) => tasks > 0 || state === "active" || state === "failed");
  const since = Math.min(...had.map(({ launchedAt }) => +launchedAt));
  const ended = latest.filter(({ endedAt }) => endedAt !== undefined && +endedAt >= since).slice(0, MOST_ENDED);
  return { running, ended: await readEach(stage, ended), latest };
}

async function readEach(stage: Source, summaries: readonly BuildSummary[]): Promise<AuditedBuild[]> {
  const builds: AuditedBuild[] = [];
  const queue = summaries.values();
  const reader = async () => {
    for (const summary of queue) {
      const { steps, input, lastEventId } = await loadBuild(stage, summary.executionArn);
      builds.push({
        ...summary,
        words: input === undefined || input.retry !== undefined ? undefined : wordsOf(input),
        keepsFailed: input?.keepFailed === true,
        attempts: steps.flatMap(attemptsOf),
        waiting: input?.debug === "skip_ec2" ? [] : steps.filter(isWaiting),
        events: lastEventId,
      });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, reader));
  return builds;
}

const isWaiting = ({ kind, state }: Step): boolean => kind === "activity" && state === "waiting";

const attemptsOf = ({ key, name, attempts }: Step): AuditedAttempt[] =>
  attempts.flatMap(({ instance, startedAt, endedAt, error }) =>
    instance === undefined || startedAt === undefined
      ? []
      : [{ task: key, step: name, instance, startedAt, endedAt, error }],
  );
