import {
  type BuildInput,
  evidenceText,
  type IsThere,
  type Published,
  type StageDescription,
  type Task,
} from "@muster/pipeline";
import { decide } from "../deciding/decide.ts";
import type { Lookout } from "../deciding/lookout.ts";
import { isSurelyPublished, mayLeave } from "../planning/makers.ts";
import type { TaskNode } from "../planning/plan-nodes.ts";

export interface Foreseeing {
  readonly build: BuildInput;
  /** All tasks that the build comes to, those that it has come to included. */
  readonly makers: readonly TaskNode[];
  readonly buckets: StageDescription["buckets"];
  /** What lies there now. */
  readonly looking: Lookout;
  readonly now: Date;
}

/**
 * Whether tasks would run when the build comes to them: by what is there now, and as if all others had left what they surely make, which is so if all goes well.
 * What they publish may be left to the very task that is asked of. One of which it cannot be found out is left out.
 */
export async function foreseeRuns(
  nodes: readonly TaskNode[],
  { build, makers, buckets, looking, now }: Foreseeing,
): Promise<ReadonlyMap<TaskNode, boolean>> {
  const foreseen = new Map<TaskNode, boolean>();
  const textOf = (evidence: Published) => evidenceText(evidence, buckets);
  const left = new Set(makers.flatMap(({ task }) => surelyLeft(task).map(textOf)));
  const foresee = async (node: TaskNode) => {
    const own = new Set(evidenceOf(node.task).map(textOf));
    const isLeft = (text: string) => left.has(text) && !own.has(text);
    const isThere: IsThere = async (evidence) => isLeft(textOf(evidence)) || looking.isThere(evidence);
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

function evidenceOf(task: Task): Published[] {
  return [...producedBy(task), ...publishedBy(task)];
}

/** What it names and may write itself. */
function surelyLeft(task: Task): readonly Published[] {
  const made = isSurelyPublished(task) ? evidenceOf(task) : producedBy(task);
  return made.filter((evidence) => mayLeave(task, evidence));
}

const producedBy = ({ activity, subject }: Task): readonly Published[] => activity.produces?.(subject as never) ?? [];
const publishedBy = ({ activity, subject }: Task): readonly Published[] => activity.publishes?.(subject as never) ?? [];
