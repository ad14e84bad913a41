import type { S3Client } from "@aws-sdk/client-s3";
import { type BuildInput, type Demand, type Pipeline, policyOf, type Task, taskName } from "@muster/pipeline";
import type { BuildProgress } from "../builds/tasks-of-history.ts";
import { lookout } from "../deciding/lookout.ts";
import { readDurations } from "../durations/read-durations.ts";
import { putDemandAhead } from "../launching/demands.ts";
import { isCritical, sparesFromSpot } from "../launching/is-critical.ts";
import type { LaunchContext } from "../launching/launch-context.ts";
import { isStageCapped } from "../launching/worker-limits.ts";
import { lookUpVersions } from "../planning/look-up-versions.ts";
import { isLookedUp, planNodes, type TaskNode } from "../planning/plan-nodes.ts";
import { type ComingTask, comingTasks } from "./coming-tasks.ts";
import { foreseeRuns } from "./foresee-runs.ts";

/** A worker that is due within this time is asked for now: a check of its own would be no better. */
const SLACK_MS = 15_000;

export interface RunningBuild {
  readonly buildInput: BuildInput;
  readonly execution: { readonly id: string; readonly startTime: string };
  readonly progress: BuildProgress;
}

export interface AheadContext {
  readonly pipeline: Pipeline;
  readonly s3: S3Client;
  readonly launching: LaunchContext;
}

/**
 * Asks for workers of the steps that a build will come to within the time that a machine takes to boot. They are launched by whoever next repairs, within
 * all limits, and once for each task: where that is expected wrongly, the worker ends when it has been idle, and the step has one launched as ever.
 * @returns seconds until the next is due; undefined where nobody can say
 */
export async function startAhead(build: RunningBuild, context: AheadContext): Promise<number | undefined> {
  const { launching } = context;
  if (!policyOf(launching.stage).startAhead || !isForeseeable(build)) return undefined;
  try {
    return await askAhead(build, context);
  } catch (error) {
    // What has no worker ahead is launched one when the build comes to it.
    launching.log.warn("nothing is started ahead", { reason: error instanceof Error ? error.message : String(error) });
    return undefined;
  }
}

/** Machines of test workers are people's own; of a large build, the tasks of platforms are in histories of their own. */
const isForeseeable = ({ buildInput, progress }: RunningBuild): boolean =>
  buildInput.debug !== "skip_ec2" && buildInput.withdraw === undefined && progress.openMapRuns.length === 0;

async function askAhead(
  { buildInput, execution, progress }: RunningBuild,
  context: AheadContext,
): Promise<number | undefined> {
  const { pipeline, s3, launching } = context;
  const { buckets } = launching.stage;
  const now = launching.now();
  const versions = await lookUpVersions(pipeline, buildInput, s3);
  const nodes = planNodes(pipeline, versions);
  const byName = new Map(progress.tasks.map((task) => [task.name, task]));
  const published = ({ task }: TaskNode) => byName.get(nameOf(task));
  const makers = nodes.filter((node) => node.kind === "task");
  const open = makers.filter((node) => published(node) === undefined);
  const [runs, durations] = await Promise.all([
    foreseeRuns(open, { build: buildInput, makers, buckets, looking: lookout(s3, buckets), now }),
    readDurations(launching),
  ]);
  const coming = comingTasks({ nodes, published, wouldRun: (node) => runs.get(node), durations, now });
  const dueMs = ({ expectedAt }: ComingTask) => expectedAt.getTime() - durations.boot * 1000 - now.getTime();
  // Where all activities share a limit, what is needed now comes first.
  const mayAsk = !isStageCapped(launching.stage) || progress.tasks.every(({ state }) => state !== "waiting");
  if (mayAsk) {
    const due = coming.filter((task) => dueMs(task) <= SLACK_MS);
    const platformsOf = (version: string) => versions.find((each) => each.version === version);
    const critical = ({ node: { task, place } }: ComingTask) => {
      const version = place.per === "build" ? undefined : platformsOf(place.version);
      const platforms = version !== undefined && isLookedUp(version) ? version.buildPlatforms : [];
      return (
        sparesFromSpot(task.activity, launching.stage) && isCritical(task.activity, place, { platforms, durations })
      );
    };
    await Promise.all(due.map((task) => askFor(task, { buildInput, execution, onDemand: critical(task) }, launching)));
  }
  const later = coming.map(dueMs).filter((ms) => ms > SLACK_MS);
  return later.length === 0 ? undefined : Math.min(...later) / 1000;
}

const nameOf = ({ activity, subject }: Task): string => taskName(activity.name, subject);

async function askFor(
  { node: { task }, expectedAt }: ComingTask,
  { buildInput, execution, onDemand }: Pick<RunningBuild, "buildInput" | "execution"> & { readonly onDemand: boolean },
  launching: LaunchContext,
): Promise<void> {
  const name = nameOf(task);
  const templateVersion = launching.stage.launchTemplateVersions?.[task.activity.name];
  const demand: Demand = {
    execution: execution.id,
    task: name,
    debug: buildInput.debug,
    ...(templateVersion === undefined ? {} : { templateVersion }),
    ...(onDemand && { onDemand }),
  };
  const isNew = await putDemandAhead(task.activity.name, demand, {
    ...launching,
    since: new Date(execution.startTime),
  });
  if (isNew) launching.log.info("asked ahead", { task: name, expectedAt: expectedAt.toISOString() });
}
