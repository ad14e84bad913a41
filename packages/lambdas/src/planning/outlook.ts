import { evidenceText, type Published, placeWords, type S3Object, type StageDescription } from "@muster/pipeline";
import type { Lookout } from "../deciding/lookout.ts";
import type { Maker, Makers } from "./makers.ts";
import { orderOf, type Path, stepOf, type TaskNode } from "./plan-nodes.ts";

/** What a plan says of a task so far. */
export interface Verdict {
  /** Null where nobody can say. */
  readonly run: boolean | null;
  /** What might come otherwise, and would make it another answer. */
  readonly unless: string | undefined;
}

/** Something of which nobody knows yet whether it will have happened. */
export interface Doubt {
  readonly key: string;
  /** As what follows "unless": `Publish 1.2.4 leaves s3://… before that`. */
  readonly words: string;
}

export interface Outlook extends Lookout {
  /** Tasks of the plan on which an answer relied. */
  readonly relied: Set<TaskNode>;
  /** What an answer would have been another of, by its key. */
  readonly doubts: Map<string, Doubt>;
}

export interface OutlookOptions {
  /** What lies there now. */
  readonly now: Lookout;
  readonly makers: Makers;
  readonly verdicts: ReadonlyMap<TaskNode, Verdict>;
  readonly buckets: StageDescription["buckets"];
}

interface Standpoint {
  readonly path: Path;
  /** Keys of doubts that are taken to have happened. */
  readonly assumed: ReadonlySet<string>;
}

/**
 * What will be there when a build comes to a place of its way, if all goes well: what is there now, and what the plan's tasks before it leave.
 * What goes on beside it may be there or not.
 */
export function outlookFrom(
  { path, assumed }: Standpoint,
  { now, makers, verdicts, buckets }: OutlookOptions,
): Outlook {
  const relied = new Set<TaskNode>();
  const doubts = new Map<string, Doubt>();

  /** What a task does to something, as far as it will be done here. */
  const doing = (node: TaskNode, surely: boolean): "surely" | "perhaps" | "not" => {
    const order = orderOf(node.path, path);
    const verdict = verdicts.get(node);
    if (node.path === path || order === "after" || verdict === undefined) return "not";
    if (verdict.run === false && verdict.unless === undefined) return "not";
    return order === "before" && surely && verdict.run === true && verdict.unless === undefined ? "surely" : "perhaps";
  };
  const doubt = (node: TaskNode, verb: string, what: string): boolean => {
    const [version = ""] = placeWords(node.place);
    const key = [stepOf(node), version].filter((word) => word !== "").join(" ");
    const beside = orderOf(node.path, path) === "beside" ? " before that" : "";
    doubts.set(key, { key, words: `${key} ${verb} ${what}${beside}` });
    return assumed.has(key);
  };

  /** The last task that surely does it, or whether one is taken to do it. */
  async function doneBy(able: readonly Maker[], verb: string, what: string): Promise<TaskNode | boolean> {
    let last: TaskNode | undefined;
    let perhaps = false;
    for (const { node, surely, needs } of able) {
      const done = doing(node, surely);
      if (done === "not" || !(await areThere(needs))) continue;
      if (done === "surely") last = node;
      else if (doubt(node, verb, what)) perhaps = true;
    }
    if (last !== undefined) relied.add(last);
    return last ?? perhaps;
  }

  async function isThere(evidence: Published): Promise<boolean> {
    const what = evidenceText(evidence, buckets);
    const maker = await doneBy(makers.makersOf(evidence), "leaves", what);
    if (maker === false && !(await now.isThere(evidence))) return false;
    const removers = makers
      .removersOf(evidence)
      .filter((node) => doing(node, true) !== "not")
      .filter((node) => typeof maker === "boolean" || orderOf(node.path, maker.path) !== "before");
    return !removers.map((node) => doubt(node, "removes", what)).includes(true);
  }

  async function areThere(objects: readonly S3Object[]): Promise<boolean> {
    for (const object of objects) if (!(await isThere(object))) return false;
    return true;
  }

  return {
    relied,
    doubts,
    isThere,
    // What a step of this build may make anew tells nothing yet.
    async factsOf(object) {
      const isMade = makers.makersOf(object).some(({ node, surely }) => doing(node, surely) !== "not");
      return isMade ? undefined : now.factsOf(object);
    },
    async validUntil(suite) {
      // For as long as its publisher thinks right.
      return (await doneBy(makers.signersOf(suite), "signs", suite)) ? undefined : now.validUntil(suite);
    },
  };
}
