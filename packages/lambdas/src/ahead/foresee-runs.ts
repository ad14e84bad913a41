import { type BuildInput, evidenceText, type IsThere, type StageDescription, type Task } from "@muster/pipeline";
import { decide } from "../deciding/decide.ts";
import type { Lookout } from "../deciding/lookout.ts";
import type { TaskNode } from "../planning/plan-nodes.ts";

export interface Foreseeing {
  readonly build: BuildInput;
  readonly buckets: StageDescription["buckets"];
  /** What lies there now. */
  readonly looking: Lookout;
  readonly now: Date;
}

/**
 * Whether tasks would run when the build comes to them: by what they have left themselves, and as if all others had left what they make, which is so if all goes
 * well. One of which that cannot be found out is left out.
 */
export async function foreseeRuns(
  nodes: readonly TaskNode[],
  { build, buckets, looking, now }: Foreseeing,
): Promise<ReadonlyMap<TaskNode, boolean>> {
  const foreseen = new Map<TaskNode, boolean>();
  const foresee = async (node: TaskNode) => {
    const own = new Set(evidenceOf(node.task).map((evidence) => evidenceText(evidence, buckets)));
    const isThere: IsThere = async (evidence) =>
      own.has(evidenceText(evidence, buckets)) ? looking.isThere(evidence) : true;
    const { run } = await decide(node.task, {
      build,
      buckets,
      now: () => now,
      isThere,
      validUntil: looking.validUntil,
    });
    foreseen.set(node, run);
  };
  await Promise.allSettled(nodes.map(foresee));
  return foreseen;
}

function evidenceOf({ activity, subject }: Task) {
  return [...(activity.produces?.(subject as never) ?? []), ...(activity.publishes?.(subject as never) ?? [])];
}
