import {
  type Activity,
  InvalidConfigurationError,
  type LaunchRecord,
  type PrepareActivityAnswer,
  PrepareActivityEvent,
  publishedTask,
} from "@muster/pipeline";
import type * as z from "zod";
import { decideStep } from "./deciding/decide-step.ts";
import { inputOfTask } from "./deciding/input-of-task.ts";
import { readDurations } from "./durations/read-durations.ts";
import { handler } from "./handler.ts";
import { putDemand } from "./launching/demands.ts";
import { isCritical, sparesFromSpot } from "./launching/is-critical.ts";
import type { LaunchContext } from "./launching/launch-context.ts";
import { ThrottledError } from "./launching/throttled-error.ts";
import { weighRefusals } from "./launching/weigh-refusals.ts";
import { repairContext } from "./repair/repair-context.ts";
import { describeRefusals } from "./repair/tasks-without-worker.ts";
import { tendActivities } from "./repair/tend-activities.ts";

/** How long a throttled launch is left to the state's own retries; after that the task is published, and repair launches for it. */
const THROTTLING_PATIENCE_MS = 60_000;

/** Decides whether a step runs; if so, sees to a worker for it and writes the task's input. */
export const prepareActivity = handler(
  "PrepareActivity",
  { input: PrepareActivityEvent, uses: ["ec2", "s3", "sfn"] },
  async (event, context): Promise<z.input<typeof PrepareActivityAnswer>> => {
    const { pipeline, stage, clients, now } = context;
    const { buildInput: build } = event;
    const { task, decision } = await decideStep(event, { pipeline, stage, s3: clients.s3, now });
    const { run, reason, restore, again } = decision;
    if (!run) return { skip: true, reason };

    const { execution, scripts } = event;
    const taskInput = inputOfTask(task, { build, execution: execution.id, scripts, pipeline, stage, restore, again });
    if (build.debug === "skip_ec2") return { skip: false, reason, taskInput: publishedTask(taskInput) };

    const repair = repairContext(context);
    const onDemand = await wantsOnDemand(event, task.activity, repair.launching);
    const demand = await putDemand(repair.launching.records, event, taskInput, { onDemand });
    const tended = await tendActivities([task.activity], repair);
    // On a stage with a cap, one call serves every activity: what EC2 refuses to another is not this step's matter.
    const launches = tended.launches.filter((launch) => launch.activity === task.activity.name);
    const waited = now().getTime() - new Date(event.enteredTime).getTime();
    const deferred = whyDeferred(demand, launches, { patient: waited < THROTTLING_PATIENCE_MS });
    return { skip: false, reason, taskInput, ...(deferred === undefined ? {} : { deferred }) };
  },
);

/** By what the stage knows of durations: where that cannot be read, the step takes what its definition prefers. */
async function wantsOnDemand(
  { platforms = [], ...event }: PrepareActivityEvent,
  activity: Activity,
  launching: LaunchContext,
): Promise<boolean> {
  if (!sparesFromSpot(activity, launching.stage)) return false;
  const ofBuild = Array.isArray(platforms) ? platforms : platforms.ofBuild;
  try {
    return isCritical(activity, event, { platforms: ofBuild, durations: await readDurations(launching) });
  } catch (error) {
    launching.log.warn("durations could not be read", { reason: String(error) });
    return false;
  }
}

/**
 * Why this step goes on without a worker of its own, judging by what this very call asked of EC2 for its activity; a step whose worker another call launches
 * knows nothing of it and needs not.
 * @throws InvalidConfigurationError when EC2 refuses what the stage asks for, and says nothing else
 * @throws ThrottledError when the state's own retry, seconds later, is the best next thing
 */
function whyDeferred(
  demand: string,
  launches: readonly LaunchRecord[],
  { patient }: { patient: boolean },
): string | undefined {
  const own = launches.find(({ demands }) => demands.includes(demand));
  const errors = launches.flatMap((launch) => launch.errors);
  const verdict = weighRefusals(errors);
  if (own === undefined || !own.finished) {
    if (verdict !== "throttling") return undefined;
    if (patient) throw new ThrottledError(describeRefusals(errors));
    return describeRefusals(errors);
  }
  const launched = launches.reduce((sum, { instances, reused = [] }) => sum + instances.length + reused.length, 0);
  if (launched === 0 && verdict === "configuration") {
    throw new InvalidConfigurationError(`EC2 refuses to launch ${own.activity}: ${describeRefusals(errors)}`, {
      hint: "correct the stage and start the build again",
    });
  }
  const missing = own.demands.length - launched;
  if (missing <= 0) return undefined;
  if (errors.length === 0) return `${own.activity} has as many workers as it may have`;
  return `${launched} of ${own.demands.length} workers launched: ${describeRefusals(errors)}`;
}
