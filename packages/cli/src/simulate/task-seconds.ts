import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { formatDuration } from "@muster/history";
import { type BuildInput, nearestWord, type Pipeline, type Task, taskName } from "@muster/pipeline";
import { readDurations } from "../plan/durations.ts";
import type { Stage } from "../stages/stage.ts";
import { UsageError } from "../usage-error.ts";

/** How long a task takes as a rule, and how that is known. */
export interface TaskSeconds {
  readonly task: string;
  readonly seconds: number;
  /** `file`: as `--durations` says; `records`: the median of what the stage has seen; `definition`: the pipeline's own estimate; `guess`: nothing tells. */
  readonly from: "file" | "records" | "definition" | "guess";
}

/** By step, or by step and platform: seconds, or a time as reports print it. */
type Durations = Readonly<Record<string, number | Readonly<Record<string, number>>>>;

/** Of what nobody knows, ten minutes, or half of its timeout where that is shorter. */
const GUESSED_SECONDS = 600;

interface TimesOptions {
  readonly tasks: readonly Task[];
  readonly stage: Stage;
  readonly build: BuildInput;
  readonly durations: Durations;
}

/**
 * The times of all tasks, and how long a worker's boot took as far as the stage has seen any.
 * @throws UsageError for one that its timeout would end
 */
export async function taskTimes({
  tasks,
  stage,
  build,
  durations,
}: TimesOptions): Promise<{ times: TaskSeconds[]; boot: number | undefined }> {
  const timed = tasks.map(({ activity, subject }) => ({
    activity: activity.name,
    platform: subject.per === "platform" ? subject.platform : undefined,
    estimate: activity.estimatedDuration,
  }));
  // Who may not read what was recorded simulates with what else is known.
  const recorded = await readDurations(stage, timed, build).catch(() => undefined);
  const times = tasks.map(({ activity, subject }, index): TaskSeconds => {
    const task = taskName(activity.name, subject);
    const { platform, estimate } = timed[index] ?? {};
    const said = durations[activity.name];
    const own = typeof said === "object" ? said[platform ?? ""] : said;
    if (own !== undefined) return { task, seconds: own, from: "file" };
    const known = recorded?.of({ activity: activity.name, platform, estimate });
    if (known !== undefined) return { task, ...known };
    return { task, seconds: Math.min(GUESSED_SECONDS, activity.timeout / 2), from: "guess" };
  });
  refuseTooLong(times, tasks);
  return { times, boot: recorded?.boot };
}

function refuseTooLong(times: readonly TaskSeconds[], tasks: readonly Task[]): void {
  for (const [index, { task, seconds, from }] of times.entries()) {
    const timeout = tasks[index]?.activity.timeout ?? Number.POSITIVE_INFINITY;
    if (seconds < timeout) continue;
    throw new UsageError(
      `${task} takes ${formatDuration(seconds * 1000)}, and its timeout is ${formatDuration(timeout * 1000)}`,
      {
        hint: from === "file" ? "--durations says so" : "--durations says how long it takes",
      },
    );
  }
}

/**
 * `{ "MakeSourceTarball": "4:38", "MakeBinaryPackage": { "debian-11-bullseye": "1:01:52" } }`; numbers are seconds.
 * @throws UsageError that names the file, and what of it cannot be understood
 */
export async function readDurationsFile(file: string, { cwd, pipeline }: { cwd: string; pipeline: Pipeline }) {
  const text = await readFile(resolve(cwd, file), "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`${file} cannot be read: ${error.code}`, { hint: "--durations names a file with JSON" });
  });
  const refuse = (what: string, hint: string): never => {
    throw new UsageError(`${file}: ${what}`, { hint });
  };
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    return refuse(`it is no JSON: ${(error as Error).message}`, EXAMPLE);
  }
  if (!isRecord(parsed)) return refuse("it is no map of steps", EXAMPLE);
  const names = pipeline.activities.map(({ name }) => name);
  const read = (value: unknown, of: string): number =>
    secondsOf(value) ?? refuse(`${JSON.stringify(value)} of ${of} is no time`, EXAMPLE);
  return Object.fromEntries(
    Object.entries(parsed).map(([step, value]) => {
      if (!names.includes(step)) {
        const nearest = nearestWord(step, names);
        refuse(
          `${pipeline.name} has no step ${step}`,
          nearest ? `did you mean ${nearest}?` : `it has ${names.join(", ")}`,
        );
      }
      if (!isRecord(value)) return [step, read(value, step)] as const;
      const byPlatform = Object.entries(value).map(([platform, each]) => [platform, read(each, `${step} ${platform}`)]);
      return [step, Object.fromEntries(byPlatform) as Record<string, number>] as const;
    }),
  );
}

const EXAMPLE = 'such as {"Compile": {"debian-12-bookworm": "1:10:25"}, "Publish": 300}';

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const CLOCK = /^(?:(\d+):)?(\d{1,2}):(\d{2})$/;

/** Seconds, `4:38` or `1:01:52`. */
function secondsOf(value: unknown): number | undefined {
  if (typeof value === "number") return value > 0 ? value : undefined;
  const [whole, hours = "0", minutes, seconds] = CLOCK.exec(String(value)) ?? [];
  return whole === undefined ? undefined : Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}
