import {
  approvalNeeded,
  type BuildInput,
  type BuildVersion,
  type Decision,
  outline,
  type Pipeline,
  partsOfBuild,
  type Task,
} from "@muster/pipeline";
import { guardedTasks } from "../deciding/guarded-tasks.ts";
import type { Lookout } from "../deciding/lookout.ts";
import { nothingToApprove } from "../deciding/nothing-to-approve.ts";
import { judgeNode } from "./judge-node.ts";
import type { OutlookOptions } from "./outlook.ts";
import { type ApprovalNode, isLookedUp, type LookedUpVersion, PLATFORMS_UNKNOWN } from "./plan-nodes.ts";

interface ApprovalOptions {
  readonly pipeline: Pipeline;
  readonly versions: readonly LookedUpVersion[];
  readonly build: BuildInput;
  readonly decide: (task: Task, outlook: Lookout) => Promise<Decision>;
  readonly options: OutlookOptions;
}

/** Why nothing goes on behind an approval, and whether that is sure. */
export interface EndsHere {
  readonly sure: boolean;
  readonly reason: string;
  /** Before the versions, after which nothing is made, not even what runs always. */
  readonly endsBuild: boolean;
}

/** Why nobody is asked and nothing goes on behind an approval, if that is so: nothing that it guards would run as things will be then, or nobody can tell. */
export async function judgeApproval(
  node: ApprovalNode,
  { pipeline, versions, build, decide, options }: ApprovalOptions,
): Promise<EndsHere | undefined> {
  const { approval, place } = node;
  if (!approvalNeeded(approval, build, place)) return undefined;
  const here = versions.filter(({ version }) => place.per === "build" || version === place.version);
  const isAfter =
    place.per === "build" && (node.path[0] as number) > outline(partsOfBuild(pipeline.flow).before).length;
  const endsBuild = place.per === "build" && !isAfter;
  if (!isAfter && !here.every(isLookedUp)) return { sure: false, reason: PLATFORMS_UNKNOWN, endsBuild };
  const known = here.map((each): BuildVersion => {
    const { platforms, buildPlatforms } = !isAfter && isLookedUp(each) ? each : { platforms: [], buildPlatforms: [] };
    return { version: each.version, platforms, buildPlatforms };
  });
  const tasks = guardedTasks(pipeline, approval.name, { place, versions: known, failedVersions: [] });
  const judged = await judgeNode(
    node,
    async (outlook) => {
      const decisions = await Promise.all(tasks.map((task) => decide(task, outlook)));
      return { run: decisions.some(({ run }) => run), reason: nothingToApprove(decisions) };
    },
    options,
  );
  if ("problem" in judged) return { sure: false, reason: judged.problem, endsBuild };
  if (judged.answer.run || judged.unless !== undefined) return undefined;
  return { sure: true, reason: judged.answer.reason, endsBuild };
}
