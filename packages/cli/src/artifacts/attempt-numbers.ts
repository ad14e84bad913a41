import type { Step } from "@muster/history";
import { loadBuild } from "../history/load-build.ts";
import type { Stage } from "../stages/stage.ts";
import { UnreadableBuildError } from "../unreadable-build-error.ts";
import { mapAtMost } from "./map-at-most.ts";
import type { Maker } from "./recorded-uploads.ts";

/** The number of an attempt, from 1 on, as `muster logs --attempt` counts; null where the build's history is gone. */
export type AttemptNumber = (maker: Maker) => number | null;

/** Histories that are read at once: a large one is many requests. */
const AT_ONCE = 4;

/** Reads the history of each build that one of these attempts belongs to. */
export async function attemptNumbers(stage: Stage, makers: readonly Maker[]): Promise<AttemptNumber> {
  const executions = [...new Set(makers.map(({ executionArn }) => executionArn))];
  const steps = new Map(await mapAtMost(AT_ONCE, executions, async (arn) => [arn, await stepsOf(stage, arn)] as const));
  return (maker) => numberOf(maker, steps.get(maker.executionArn) ?? []);
}

async function stepsOf(stage: Stage, executionArn: string): Promise<readonly Step[]> {
  try {
    return (await loadBuild(stage, executionArn)).steps;
  } catch (error) {
    // AWS keeps histories for 90 days, and records outlive them.
    if (error instanceof UnreadableBuildError) return [];
    throw error;
  }
}

function numberOf({ task, instance, startedAt }: Maker, steps: readonly Step[]): number | null {
  const attempts = steps.find(({ key }) => key === task)?.attempts ?? [];
  const distance = ({ startedAt: at }: (typeof attempts)[number]) => Math.abs(+(at ?? 0) - +startedAt);
  // A worker that had the task twice is told by the time.
  const [nearest] = attempts
    .filter((attempt) => attempt.instance === instance)
    .toSorted((one, other) => distance(one) - distance(other));
  return nearest === undefined ? null : attempts.indexOf(nearest) + 1;
}
