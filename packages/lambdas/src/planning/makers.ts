import {
  type BucketRole,
  type BuildVersion,
  downloads,
  evidenceText,
  isAptPackage,
  mayTouch,
  type Per,
  type Place,
  type Published,
  placeOf,
  placeWords,
  type S3Object,
  type Task,
  tasksOf,
} from "@muster/pipeline";
import type { TaskNode } from "./plan-nodes.ts";

/** A task that leaves something where it is looked for. */
export interface Maker {
  readonly node: TaskNode;
  /** Whether the definition leaves no doubt of it. */
  readonly surely: boolean;
  /** What has to be there before it can: what it publishes was made by another. */
  readonly needs: readonly S3Object[];
}

/** Who leaves and who may remove what, by the definition alone. */
export interface Makers {
  readonly makersOf: (evidence: Published) => readonly Maker[];
  readonly removersOf: (evidence: Published) => readonly TaskNode[];
  /** Those that sign a suite's index anew. @param suite the folder of its InRelease, in the bucket of downloads */
  readonly signersOf: (suite: string) => readonly Maker[];
}

interface Declaration {
  readonly task: Task;
  /** Absent where the build does not come to it. */
  readonly node: TaskNode | undefined;
  readonly published: boolean;
}

/**
 * What tasks leave when they succeed: what they say that they produce and publish, as far as their `access` lets them write it. What nobody may write who
 * names it is left by those who may: an activity `publishes` what another one uploads.
 * @param elsewhere tasks that the build does not come to, but whose artifacts its own are asked for
 */
export function makersOfPlan(
  nodes: readonly TaskNode[],
  { elsewhere, buckets }: { elsewhere: readonly Task[]; buckets: Readonly<Record<BucketRole, string>> },
): Makers {
  const declared = new Map<string, Declaration[]>();
  const declare = (task: Task, node: TaskNode | undefined) => {
    for (const { what, published } of artifactsOf(task)) {
      const text = evidenceText(what, buckets);
      declared.set(text, [...(declared.get(text) ?? []), { task, node, published }]);
    }
  };
  for (const node of nodes) declare(node.task, node);
  for (const task of elsewhere) declare(task, undefined);
  const uploaders = nodes.filter(({ task }) => task.activity.access?.writes !== undefined);
  const removing = nodes.filter(({ task }) => (task.activity.access?.deletes ?? []).length > 0);

  const find = (evidence: Published): readonly Maker[] => {
    const owners = declared.get(evidenceText(evidence, buckets)) ?? [];
    const able = owners.filter(({ task }) => mayLeave(task, evidence));
    const own = able.flatMap(({ task, node, published }): Maker[] =>
      node === undefined ? [] : [{ node, surely: !published || isSurelyPublished(task), needs: [] }],
    );
    if (able.some(({ task, published }) => !published || isSurelyPublished(task))) return own;
    const others = uploaders.filter(({ task }) => mayLeave(task, evidence));
    if (owners.length === 0) return others.map((node) => ({ node, surely: false, needs: [] }));
    return [...own, ...others.flatMap((node) => uploaded(node, owners))];
  };
  return {
    makersOf: remembered(find, buckets),
    removersOf: remembered((evidence) => {
      const owners = declared.get(evidenceText(evidence, buckets)) ?? [];
      return removing.filter(
        ({ task, place }) =>
          mayTouch(task, "deletes", objectOf(evidence)) &&
          !mayLeave(task, evidence) &&
          (owners.length === 0 || owners.some((owner) => isWithin(place, placeOf(owner.task.subject)))),
      );
    }, buckets),
    signersOf: (suite) =>
      uploaders
        .filter(({ task }) => mayTouch(task, "writes", downloads(`${suite}/InRelease`)))
        .map((node) => ({ node, surely: true, needs: [] })),
  };
}

/** Tasks of platforms that a build leaves out. */
export function tasksElsewhere(activities: readonly Task["activity"][], versions: readonly BuildVersion[]): Task[] {
  const others = versions.map(({ version, platforms, buildPlatforms }) => ({
    version,
    platforms,
    buildPlatforms: platforms.filter((platform) => !buildPlatforms.includes(platform)),
  }));
  return activities.filter(({ per }) => per === "platform").flatMap((activity) => tasksOf(activity, others));
}

function uploaded(node: TaskNode, owners: readonly Declaration[]): Maker[] {
  return owners
    .filter(({ task }) => isWithin(node.place, placeOf(task.subject)))
    .map(({ task, published }) => ({ node, surely: true, needs: published ? producedBy(task) : [] }));
}

const artifactsOf = (task: Task): { what: Published; published: boolean }[] => [
  ...producedBy(task).map((what) => ({ what, published: false })),
  ...publishedBy(task).map((what) => ({ what, published: true })),
];

const producedBy = <P extends Per>({ activity, subject }: Task<P>): readonly S3Object[] =>
  activity.produces?.(subject) ?? [];

const publishedBy = <P extends Per>({ activity, subject }: Task<P>): readonly Published[] =>
  activity.publishes?.(subject) ?? [];

/** One that says nothing of what it writes, and tells what it makes from what is published, may leave the latter to another. */
export const isSurelyPublished = (task: Task): boolean =>
  task.activity.access?.writes !== undefined || producedBy(task).length === 0;

/** What stands for something among the keys that `access` names: of a package the file that makes a suite's index valid. */
const objectOf = (evidence: Published): S3Object =>
  isAptPackage(evidence) ? { ...evidence.suite, key: `${evidence.suite.key}/InRelease` } : evidence;

export function mayLeave(task: Task, evidence: Published): boolean {
  if (isAptPackage(evidence) && task.activity.access?.writes === undefined) return true;
  return mayTouch(task, "writes", objectOf(evidence));
}

/** Whether two places have something in common: one of them, or both, within the other. */
function isWithin(one: Place, other: Place): boolean {
  const words = placeWords(other);
  return placeWords(one).every((word, index) => words[index] === undefined || words[index] === word);
}

function remembered<T>(
  find: (evidence: Published) => T,
  buckets: Readonly<Record<BucketRole, string>>,
): (evidence: Published) => T {
  const known = new Map<string, T>();
  return (evidence) => {
    const text = evidenceText(evidence, buckets);
    const found = known.get(text) ?? find(evidence);
    known.set(text, found);
    return found;
  };
}
