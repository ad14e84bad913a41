import type { S3Client } from "@aws-sdk/client-s3";
import {
  type BuildInput,
  type Decision,
  evidenceText,
  MusterError,
  type Pipeline,
  type Place,
  type StageDescription,
  type Task,
  taskName,
  unreachable,
} from "@muster/pipeline";
import { decide } from "../deciding/decide.ts";
import { type Lookout, lookout } from "../deciding/lookout.ts";
import { type EndsHere, judgeApproval } from "./judge-approval.ts";
import { judgeNode } from "./judge-node.ts";
import { lookUpVersions } from "./look-up-versions.ts";
import { makersOfPlan, tasksElsewhere } from "./makers.ts";
import type { OutlookOptions, Verdict } from "./outlook.ts";
import {
  type ApprovalNode,
  type BlindNode,
  isGuardedBy,
  isLookedUp,
  type LookedUpVersion,
  needsPlatforms,
  PLATFORMS_UNKNOWN,
  type PlanNode,
  planNodes,
  stepOf,
  type TaskNode,
} from "./plan-nodes.ts";

/** What a build would do of a task, if it were started now and all went well. */
export type PlannedStep = Place & {
  /** `MakeBinaryPackage-1.2.3-debian-12-bookworm`; null for a step of platforms that are not known. */
  readonly task: string | null;
  readonly activity: string;
  /** Null where what it goes by could not be found out. */
  readonly run: boolean | null;
  /** The evidence, or what could not be found out. */
  readonly reason: string;
  /** What might come otherwise, and would make it another answer; null where nothing would. */
  readonly unless: string | null;
  /** Names of the plan's tasks whose artifacts the answer relies on: they are not there yet. */
  readonly after: readonly string[];
};

/** A version's platforms could not be looked up. */
export interface FailedLookup {
  readonly version: string;
  readonly problem: string;
}

/** A task that would run, or be skipped. */
export interface PlannedTask {
  readonly step: PlannedStep;
  readonly node: TaskNode | BlindNode;
}

export interface BuildPlan {
  /** In the order of the flow, version by version. */
  readonly tasks: readonly PlannedTask[];
  readonly lookups: readonly FailedLookup[];
}

export interface PlanOptions {
  readonly pipeline: Pipeline;
  readonly stage: Pick<StageDescription, "buckets">;
  readonly s3: S3Client;
  readonly now?: () => Date;
  /** SHA-256 in hex of the script that a task of an activity would run; nothing is said of scripts where absent. */
  readonly scriptOf?: (activity: string) => string | undefined;
}

/** What is in doubt of one step may be so of those that look at it; it is settled after a few rounds. */
const MOST_ROUNDS = 4;

/**
 * What a build would run or skip if it were started now, and why; nothing is started. A step is judged by what PrepareActivity goes by, with what will be there when
 * the build comes to it, if all goes well. What cannot be found out is said, and the rest is planned.
 * @throws InvalidInputError for platforms that no version has
 * @throws InvalidConfigurationError for what is wrong with the definition
 */
export async function planBuild(
  build: BuildInput,
  { pipeline, stage, s3, now = () => new Date(), scriptOf = () => undefined }: PlanOptions,
): Promise<BuildPlan> {
  const { buckets } = stage;
  const versions = await lookUpVersions(pipeline, build, s3);
  const nodes = planNodes(pipeline, versions);
  const tasks = nodes.filter((node) => node.kind === "task");
  const looking = rememberingAll(lookout(s3, buckets), buckets);
  const asking = { build, buckets, now };
  const making = ({ factsOf }: Lookout) => ({ pipeline, scriptOf, factsOf });
  // All at once; one by one, each would wait for S3.
  await Promise.allSettled(tasks.map(({ task }) => decide(task, { ...asking, ...looking, making: making(looking) })));

  const makers = makersOfPlan(tasks, {
    elsewhere: tasksElsewhere(pipeline.activities, versions.filter(isLookedUp)),
    buckets,
  });
  const verdicts = new Map<TaskNode, Verdict>();
  const options: OutlookOptions = { now: looking, makers, verdicts, buckets };
  const judge = judging({
    pipeline,
    versions,
    build,
    options,
    verdicts,
    decide: (task, outlook, before) => decide(task, { ...asking, ...outlook, before, making: making(outlook) }),
  });
  let steps = await judge(nodes);
  for (let round = 1, before = ""; round < MOST_ROUNDS; round++) {
    const settled = JSON.stringify([...verdicts.values()]);
    if (settled === before) break;
    before = settled;
    steps = await judge(nodes);
  }
  const lookups = needsPlatforms(pipeline) ? versions.flatMap((each) => (isLookedUp(each) ? [] : [each])) : [];
  return { tasks: steps, lookups };
}

type Decide = (task: Task, outlook: Lookout, before?: readonly unknown[]) => Promise<Decision>;

interface Judging {
  readonly pipeline: Pipeline;
  readonly versions: readonly LookedUpVersion[];
  readonly build: BuildInput;
  readonly decide: Decide;
  readonly options: OutlookOptions;
  /** Those that `options` see. */
  readonly verdicts: Map<TaskNode, Verdict>;
}

/** Judges all of a build's way, one after the other, so that each step sees what those before it leave. */
function judging({ pipeline, versions, build, decide, options, verdicts }: Judging) {
  return async (nodes: readonly PlanNode[]): Promise<PlannedTask[]> => {
    const planned: PlannedTask[] = [];
    const closed: { readonly approval: ApprovalNode; readonly ends: EndsHere }[] = [];
    for (const node of nodes) {
      switch (node.kind) {
        case "approval": {
          const ends = await judgeApproval(node, { pipeline, versions, build, decide, options });
          if (ends !== undefined) closed.push({ approval: node, ends });
          break;
        }
        case "blind":
          planned.push({ node, step: blindStep(node, build) });
          break;
        case "task": {
          const ending = closed.find(({ approval }) => isGuardedBy(approval, node));
          const step = await taskStep(node, { decide, options, ends: ending?.ends });
          verdicts.set(node, { run: step.run, unless: step.unless ?? undefined });
          planned.push({ node, step });
          break;
        }
        default:
          return unreachable(node);
      }
    }
    return planned;
  };
}

async function taskStep(
  node: TaskNode,
  { decide, options, ends }: Pick<Judging, "decide" | "options"> & { ends: EndsHere | undefined },
): Promise<PlannedStep> {
  const { task, place } = node;
  const named = { ...place, task: taskName(task.activity.name, task.subject), activity: task.activity.name };
  const judged = await judgeNode(node, (outlook) => decide(task, outlook, node.before), options);
  if ("problem" in judged) return { ...named, run: null, reason: judged.problem, unless: null, after: [] };
  const { answer, unless, after } = judged;
  if (ends !== undefined && answer.run && (ends.endsBuild || task.activity.runsWhen !== "always")) {
    return { ...named, run: ends.sure ? false : null, reason: ends.reason, unless: null, after: [] };
  }
  const { run, reason } = answer;
  return { ...named, run, reason, unless: unless ?? null, after: after.map(nameOf) };
}

const nameOf = (node: TaskNode): string => taskName(stepOf(node), node.place);

/** A step that was not asked for is not in doubt. */
function blindStep({ activity, place }: BlindNode, build: BuildInput): PlannedStep {
  const asked = build.activities.length === 0 || build.activities.includes(activity.name);
  const task = activity.per === place.per ? taskName(activity.name, place) : null;
  const reason = asked ? PLATFORMS_UNKNOWN : notAsked(build);
  return { ...place, task, activity: activity.name, run: asked ? null : false, reason, unless: null, after: [] };
}

const notAsked = ({ activities }: BuildInput): string => `not asked for: this build runs ${activities.join(", ")}`;

/** What could not be found out stays so: asked again for each step that looks at it, a store that is away would take minutes. */
function rememberingAll({ isThere, validUntil, factsOf }: Lookout, buckets: StageDescription["buckets"]): Lookout {
  const found = new Map<string, Promise<boolean>>();
  const terms = new Map<string, Promise<Date | undefined>>();
  return {
    isThere: (evidence) => once(found, evidenceText(evidence, buckets), () => isThere(evidence)),
    validUntil: (suite) => once(terms, suite, () => validUntil(suite)),
    factsOf,
  };
}

async function once<T>(known: Map<string, Promise<T>>, name: string, ask: () => Promise<T>): Promise<T> {
  const answer = known.get(name) ?? ask();
  known.set(name, answer);
  try {
    return await answer;
  } catch (error) {
    // Whoever it is told says in it where that was.
    throw error instanceof MusterError || !(error instanceof Error)
      ? error
      : new Error(error.message, { cause: error });
  }
}
