/** A task that runs, with what decides when. */
export interface ScheduledTask {
  readonly name: string;
  readonly activity: string;
  /** Seconds; 0 where it is not known. */
  readonly seconds: number;
}

export interface ScheduleOptions {
  /** Whether a task starts only when another has ended. */
  readonly isBefore: (one: number, other: number) => boolean;
  /** Seconds from the launch of a worker to its first task. */
  readonly boot: number;
  /** Seconds without a task after which a worker ends. */
  readonly idle: number;
  /** Most workers of an activity at once. */
  readonly maxWorkersOf: (activity: string) => number;
  /** Most workers at once over all. */
  readonly maxWorkers: number;
}

/** A worker's life, in seconds from the start of the build. */
interface Worker {
  readonly activity: string;
  readonly from: number;
  busyUntil: number;
  /** Its last task. */
  last: number | undefined;
}

export interface Schedule {
  /** Seconds until the last task has ended. */
  readonly seconds: number;
  /** Names of the tasks that it takes so long for, in their order: each starts when the one before it has ended. */
  readonly criticalPath: readonly string[];
  /** Workers by activity, and for how many seconds they live until their last task has ended. */
  readonly workers: ReadonlyMap<string, { readonly count: number; readonly seconds: number }>;
  /** Most workers at once, in all and by activity. */
  readonly atOnce: number;
  readonly atOnceOf: ReadonlyMap<string, number>;
  /** Most at once of what each worker of an activity counts for. */
  readonly most: (weightOf: (activity: string) => number) => number;
}

/** When tasks would run if each took its time: as soon as what is before them is done and a worker is free, or may be launched. */
export function schedule(tasks: readonly ScheduledTask[], options: ScheduleOptions): Schedule {
  const before = tasks.map((_, index) => [...tasks.keys()].filter((other) => options.isBefore(other, index)));
  const run: Run = { tasks, before, options, workers: [], started: new Map() };
  const missing = before.map(({ length }) => length);
  const after = tasks.map((): number[] => []);
  for (const [index, others] of before.entries()) for (const other of others) after[other]?.push(index);
  let ready = [...tasks.keys()].filter((index) => missing[index] === 0);
  let going: number[] = [];
  for (let at: number | undefined = 0; at !== undefined; at = nextMoment(run, at)) {
    // What takes no time ends at once, and lets others begin.
    for (let isQuiet = false; !isQuiet; ) {
      const now = at;
      const ended = going.filter((index) => endOf(run, index) <= now);
      going = going.filter((index) => endOf(run, index) > now);
      for (const index of ended.flatMap((each) => after[each] ?? [])) {
        missing[index] = (missing[index] as number) - 1;
        if (missing[index] === 0) ready.push(index);
      }
      const begun = begin(run, ready, now);
      ready = ready.filter((index) => !begun.has(index));
      going.push(...begun);
      isQuiet = ended.length === 0 && begun.size === 0;
    }
    if (ready.length === 0 && going.length === 0) break;
  }
  const seconds = Math.max(0, ...[...run.started.values()].map(({ end }) => end));
  return { seconds, criticalPath: criticalPath(run), ...machines(run.workers, options.idle) };
}

interface Started {
  readonly end: number;
  /** The task for whose end it waited; absent where it waited for none. */
  readonly cause: number | undefined;
}

interface Run {
  readonly tasks: readonly ScheduledTask[];
  /** Of each task, those that must have ended. */
  readonly before: readonly (readonly number[])[];
  readonly options: ScheduleOptions;
  readonly workers: Worker[];
  readonly started: Map<number, Started>;
}

const endOf = ({ started }: Run, index: number): number => started.get(index)?.end ?? Number.POSITIVE_INFINITY;

/** Starts what can start; where one task of an activity has to wait, so have its others. */
function begin(run: Run, ready: readonly number[], at: number): Set<number> {
  const full = new Set<string>();
  const begun = new Set<number>();
  for (const index of ready) {
    const { activity } = run.tasks[index] as ScheduledTask;
    if (full.has(activity)) continue;
    if (tryStart(run, index, at)) begun.add(index);
    else full.add(activity);
  }
  return begun;
}

/** Gives a task to a free worker of its activity, or to a new one; false where it has to wait. */
function tryStart(run: Run, index: number, at: number): boolean {
  const { activity, seconds } = run.tasks[index] as ScheduledTask;
  const { boot, idle, maxWorkersOf, maxWorkers } = run.options;
  const live = run.workers.filter((worker) => worker.busyUntil + idle > at || worker.busyUntil === at);
  const own = live.filter((worker) => worker.activity === activity);
  let worker = own.find(({ busyUntil }) => busyUntil <= at);
  const latest = lastToEnd(run, run.before[index] ?? []);
  const queued = worker === undefined || worker.busyUntil < at ? undefined : worker.last;
  if (worker === undefined) {
    if (own.length >= maxWorkersOf(activity) || live.length >= maxWorkers) return false;
    worker = { activity, from: at, busyUntil: at + boot, last: undefined };
    run.workers.push(worker);
  }
  const end = Math.max(at, worker.busyUntil) + seconds;
  run.started.set(index, {
    end,
    cause: latest !== undefined && endOf(run, latest) >= at ? latest : (queued ?? latest),
  });
  worker.busyUntil = end;
  worker.last = index;
  return true;
}

function lastToEnd(run: Run, indices: readonly number[]): number | undefined {
  let last: number | undefined;
  for (const index of indices) if (last === undefined || endOf(run, index) > endOf(run, last)) last = index;
  return last;
}

/** When a worker comes free, or ends and leaves room for another. */
function nextMoment({ workers, options }: Run, at: number): number | undefined {
  let next: number | undefined;
  for (const { busyUntil } of workers) {
    for (const moment of [busyUntil, busyUntil + options.idle]) {
      if (moment > at && (next === undefined || moment < next)) next = moment;
    }
  }
  return next;
}

function criticalPath(run: Run): string[] {
  const path: string[] = [];
  let index = lastToEnd(run, [...run.started.keys()]);
  while (index !== undefined) {
    path.unshift((run.tasks[index] as ScheduledTask).name);
    index = run.started.get(index)?.cause;
  }
  return path;
}

function machines(workers: readonly Worker[], idle: number) {
  const lives = new Map<string, { count: number; seconds: number }>();
  for (const { activity, from, busyUntil } of workers) {
    const { count, seconds } = lives.get(activity) ?? { count: 0, seconds: 0 };
    lives.set(activity, { count: count + 1, seconds: seconds + busyUntil - from });
  }
  const activities = [...lives.keys()];
  const most = (weightOf: (activity: string) => number) => mostAtOnce(workers, { idle, weightOf });
  const atOnceOf = new Map(activities.map((activity) => [activity, most((name) => (name === activity ? 1 : 0))]));
  return { workers: lives, atOnce: most(() => 1), atOnceOf, most };
}

/** What those that live at the same time count for together, at most. */
function mostAtOnce(
  workers: readonly Worker[],
  { idle, weightOf }: { idle: number; weightOf: (activity: string) => number },
): number {
  const changes = workers.flatMap(({ activity, from, busyUntil }) => {
    const weight = weightOf(activity);
    return [
      { at: from, by: weight },
      { at: busyUntil + idle, by: -weight },
    ];
  });
  // Who ends makes room before another begins.
  changes.sort((one, other) => one.at - other.at || one.by - other.by);
  let [most, now] = [0, 0];
  for (const { by } of changes) {
    now += by;
    most = Math.max(most, now);
  }
  return most;
}
