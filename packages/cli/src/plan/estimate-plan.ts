import {
  type BuildPlan,
  listedPrice,
  type Market,
  marketsOf,
  maxWorkersOf,
  orderOf,
  type PlannedStep,
  type PlannedTask,
  quotaCodeOf,
  vcpusOf,
} from "@muster/lambdas";
import { type Activity, type BuildInput, USUAL_IDLE_SECONDS } from "@muster/pipeline";
import type { Stage } from "../stages/stage.ts";
import { type Durations, readDurations, type TimedTask } from "./durations.ts";
import { planQuotas, type ReachedQuota, type WantedVcpus } from "./quotas.ts";
import { type Schedule, schedule } from "./schedule.ts";

/** A step of a plan, with what it takes if it runs. */
export type EstimatedStep = PlannedStep & {
  /** Null where nothing tells, and of what does not run. */
  readonly seconds: number | null;
  /** Whence that is known: the median of this stage's last attempts, or the definition's `estimatedDuration`. */
  readonly secondsFrom: "records" | "definition" | null;
  /** Of US dollars, for the task alone; null where its time or its machine's price is not known. */
  readonly dollars: number | null;
};

/** A limit that a build comes up to. */
export interface ReachedLimit {
  /** The activity; null for the stage as a whole. */
  readonly activity: string | null;
  readonly most: number;
  readonly unit: "workers" | "dollars an hour";
}

/** A build as a whole, by its plan, if all goes well. */
export interface WholeBuild {
  /** Until its last task ends: the longest way through the flow, with the waits for workers that its limits make. Null where nothing is known; a lower bound where some tasks' time is not. */
  readonly seconds: number | null;
  /** Names of the tasks that it takes so long for, one after the other. */
  readonly criticalPath: readonly string[];
  /** Tasks that run and of which nobody knows how long they take. */
  readonly tasksOfUnknownTime: number;
  /** From its launch to its first task, as this stage's records have it; null where they say nothing, and then it is not counted. */
  readonly bootSeconds: number | null;
  /** Of all workers together; where machines cost money with the ten minutes that each waits for another task. Null as `seconds`. */
  readonly machineHours: number | null;
  /** Of US dollars; 0 on a stage whose machines cost nothing, null where a time or a price is not known. */
  readonly dollars: number | null;
  /** Steps whose machines have no known price. */
  readonly unpriced: readonly string[];
  /** Most workers at once, if every worker that is asked for is there. */
  readonly workersAtOnce: number;
  /** Of these on machines that cost money, what EC2's quotas count; 0 on others. By the first of each step's instance types. */
  readonly vcpusAtOnce: number;
  readonly limits: readonly ReachedLimit[];
  /** Quotas of EC2's that it would use up; none where they are not known. */
  readonly quotas: readonly ReachedQuota[];
}

export interface EstimatedPlan {
  readonly steps: readonly EstimatedStep[];
  readonly whole: WholeBuild;
  /** Why no records were read; null where they were. */
  readonly recordsProblem: string | null;
  /** Why EC2's quotas are not known; null where they are, and where no machine counts. */
  readonly quotasProblem: string | null;
}

const HOUR = 3600;
/** For a task of unknown time: it adds nothing that shows, and yet no worker does two at once. */
export const SOME_SECONDS = 0.001;

type Estimating = Pick<Stage, "s3" | "sfn" | "description" | "damagedBuilds" | "isBilled" | "serviceQuotas">;

/** How long a plan takes and what it costs, by what the stage has seen, or else by what the definition says. */
export async function estimatePlan(stage: Estimating, plan: BuildPlan, build: BuildInput): Promise<EstimatedPlan> {
  const running = plan.tasks.filter(({ step }) => step.run === true);
  let recordsProblem: string | null = null;
  const durations = await readDurations(stage, running.map(timed), build).catch((error: unknown): Durations => {
    recordsProblem = error instanceof Error ? error.message : String(error);
    return noRecords;
  });
  const { steps, whole, wanted } = estimate(plan, { stage, durations, build });
  const { reached, problem } = await planQuotas(wanted, stage);
  return { steps, whole: { ...whole, quotas: reached }, recordsProblem, quotasProblem: problem };
}

const noRecords: Durations = {
  of: ({ estimate: seconds }) => (seconds === undefined ? undefined : { seconds, from: "definition" }),
  boot: undefined,
};

interface EstimateOptions {
  readonly stage: Pick<Stage, "description" | "isBilled">;
  readonly durations: Durations;
  readonly build: Pick<BuildInput, "debug">;
}

/** The same, of what is known. */
export function estimate(
  { tasks }: BuildPlan,
  { stage, durations, build }: EstimateOptions,
): Pick<EstimatedPlan, "steps"> & { whole: Omit<WholeBuild, "quotas">; wanted: readonly WantedVcpus[] } {
  // Test workers are people's own.
  const launches = build.debug !== "skip_ec2";
  const steps = tasks.map((planned): EstimatedStep => {
    const duration = planned.step.run === true && launches ? durations.of(timed(planned)) : undefined;
    const price = priceOf(activityOf(planned), stage);
    const dollars = duration === undefined || price === undefined ? null : (duration.seconds / HOUR) * price;
    return {
      ...planned.step,
      seconds: duration?.seconds ?? null,
      secondsFrom: duration?.from ?? null,
      dollars: dollars === null ? null : cents(dollars),
    };
  });
  const running = tasks.flatMap((planned, index) => {
    const { seconds = null } = steps[index] ?? {};
    return planned.step.run === true && launches ? [{ planned, seconds }] : [];
  });
  const activities = new Map(running.map(({ planned }) => [activityOf(planned).name, activityOf(planned)]));
  const path = (index: number) => running[index]?.planned.node.path ?? [];
  const plan = schedule(
    running.map(({ planned: { step }, seconds }) => ({
      name: step.task ?? step.activity,
      activity: step.activity,
      seconds: seconds ?? SOME_SECONDS,
    })),
    {
      isBefore: (one, other) => one !== other && orderOf(path(one), path(other)) === "before",
      boot: durations.boot ?? 0,
      idle: USUAL_IDLE_SECONDS,
      maxWorkersOf: (name) => limitOf(activities.get(name)),
      maxWorkers: stage.description.maxWorkers ?? Number.POSITIVE_INFINITY,
    },
  );
  const unknown = running.filter(({ seconds }) => seconds === null).length;
  const isKnown = running.length === 0 || unknown < running.length;
  return {
    steps,
    wanted: wantedVcpus(plan, { stage, activities }),
    whole: {
      seconds: isKnown ? tenths(plan.seconds) : null,
      criticalPath: isKnown ? plan.criticalPath : [],
      tasksOfUnknownTime: unknown,
      bootSeconds: durations.boot ?? null,
      ...costs(plan, { stage, activities, isKnown: isKnown && unknown === 0 }),
      workersAtOnce: plan.atOnce,
      vcpusAtOnce: stage.isBilled ? plan.most((name) => vcpusOf(typeOf(activities.get(name)))) : 0,
      limits: limits(plan, { stage, activities, running: running.map(({ planned }) => planned) }),
    },
  };
}

/** By families that the same quotas count; of some families none is known. */
function wantedVcpus(
  plan: Schedule,
  { stage, activities }: { stage: EstimateOptions["stage"]; activities: ReadonlyMap<string, Activity> },
): WantedVcpus[] {
  const quotasOf = (activity: Activity): WantedVcpus["quotas"] => ({
    "on-demand": quotaCodeOf(typeOf(activity), "on-demand") ?? null,
    spot: quotaCodeOf(typeOf(activity), "spot") ?? null,
  });
  const keyOf = (activity: Activity) => Object.values(quotasOf(activity)).join(" ");
  const pools = Map.groupBy(activities.values(), keyOf);
  return [...pools].flatMap(([key, [first]]): WantedVcpus[] => {
    const vcpus = (isOne: (markets: readonly Market[]) => boolean) =>
      plan.most((name) => {
        const activity = activities.get(name);
        const counts =
          activity !== undefined && keyOf(activity) === key && isOne(marketsOf(activity, stage.description));
        return counts ? vcpusOf(typeOf(activity)) : 0;
      });
    if (first === undefined) return [];
    return [
      {
        quotas: quotasOf(first),
        onDemand: vcpus((markets) => !markets.includes("spot")),
        spot: vcpus((markets) => !markets.includes("on-demand")),
        all: vcpus(() => true),
      },
    ];
  });
}

/** A worker's whole life is paid for, also while it waits for another task. */
function costs(
  { workers }: Schedule,
  {
    stage,
    activities,
    isKnown,
  }: { stage: EstimateOptions["stage"]; activities: ReadonlyMap<string, Activity>; isKnown: boolean },
): Pick<WholeBuild, "machineHours" | "dollars" | "unpriced"> {
  const idle = stage.isBilled ? USUAL_IDLE_SECONDS : 0;
  const lives = [...workers].map(([name, { count, seconds }]) => {
    const price = priceOf(activities.get(name) as Activity, stage);
    return { name, hours: (seconds + count * idle) / HOUR, price };
  });
  const unpriced = lives.flatMap(({ name, price }) => (price === undefined ? [name] : []));
  const dollars = lives.reduce((sum, { hours, price = 0 }) => sum + hours * price, 0);
  return {
    machineHours: isKnown ? lives.reduce((sum, { hours }) => sum + hours, 0) : null,
    dollars: !stage.isBilled ? 0 : isKnown && unpriced.length === 0 ? cents(dollars) : null,
    unpriced,
  };
}

/** Limits at which the build has as many workers as it may have, and tasks that wait. */
function limits(
  { atOnce, atOnceOf }: Schedule,
  {
    stage: { description },
    activities,
    running,
  }: {
    stage: EstimateOptions["stage"];
    activities: ReadonlyMap<string, Activity>;
    running: readonly PlannedTask[];
  },
): ReachedLimit[] {
  const reached: ReachedLimit[] = [...activities].flatMap(([name, activity]) => {
    const most = maxWorkersOf(activity);
    const tasks = running.filter(({ step }) => step.activity === name).length;
    return most !== undefined && atOnceOf.get(name) === most && tasks > most
      ? [{ activity: name, most, unit: "workers" }]
      : [];
  });
  const { maxWorkers, maxCostPerHour } = description;
  if (maxWorkers !== undefined && atOnce >= maxWorkers) {
    reached.push({ activity: null, most: maxWorkers, unit: "workers" });
  }
  const hourly = [...atOnceOf].reduce((sum, [name, count]) => {
    return sum + count * (listedPrice(typeOf(activities.get(name))) ?? 0);
  }, 0);
  if (maxCostPerHour !== undefined && hourly > maxCostPerHour) {
    reached.push({ activity: null, most: maxCostPerHour, unit: "dollars an hour" });
  }
  return reached;
}

export const activityOf = ({ node }: Pick<PlannedTask, "node">): Activity =>
  node.kind === "task" ? node.task.activity : node.activity;

const typeOf = (activity: Activity | undefined): string => activity?.worker.instanceTypes[0] ?? "";

export const limitOf = (activity: Activity | undefined): number =>
  (activity === undefined ? undefined : maxWorkersOf(activity)) ?? Number.POSITIVE_INFINITY;

/** Of one machine in US dollars an hour. */
function priceOf({ worker }: Activity, { isBilled }: Pick<Stage, "isBilled">): number | undefined {
  return isBilled ? (worker.pricePerHour ?? listedPrice(worker.instanceTypes[0])) : 0;
}

export function timed(planned: PlannedTask): TimedTask {
  const { step } = planned;
  const { estimatedDuration } = activityOf(planned);
  const platform = step.per === "platform" ? step.platform : undefined;
  return { activity: step.activity, platform, estimate: estimatedDuration };
}

const tenths = (seconds: number): number => Math.round(seconds * 10) / 10;

/** To a hundredth of a cent. */
const cents = (dollars: number): number => Math.round(dollars * 10_000) / 10_000;
