import type { BuildHistory } from "../build-history.ts";
import { isBookkeeping, isVerdict } from "../describe-step.ts";
import type { Attempt, Step } from "../step.ts";

/**
 * What a stretch of a task's time was spent on. `boot`: a worker that it got was on its way; `wait`: no worker was; `run`: a worker had it; `lost`: a
 * worker had it and came to nothing; `pause`: between a failed attempt and the next; `person`: somebody was asked; `look`: whether there is anything to do.
 */
export type StretchKind = "look" | "wait" | "boot" | "run" | "lost" | "pause" | "person";

export interface Stretch {
  readonly kind: StretchKind;
  /** Milliseconds since the build began. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Counts from 1; absent where no attempt is meant. */
  readonly attempt?: number;
  readonly instance?: string;
  /** What an attempt failed of. */
  readonly error?: string;
}

export interface TimelineRow {
  readonly step: Step;
  readonly stretches: readonly Stretch[];
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Timeline {
  /** From the build's beginning to its end, or to now. */
  readonly durationMs: number;
  /** In the order in which the build came to them; what is only bookkeeping is left out unless it failed. */
  readonly rows: readonly TimelineRow[];
}

/** When the launch was asked for that brought a worker; by instance id. */
export type LaunchTimes = ReadonlyMap<string, Date>;

/** A build's time, as far as its history tells. @param now the end of what goes on */
export function timelineOf(build: BuildHistory, { now, launches }: { now: Date; launches: LaunchTimes }): Timeline {
  const startMs = (build.startedAt ?? now).getTime();
  const end = build.endedAt ?? now;
  const at = (time: Date): number => Math.max(0, time.getTime() - startMs);
  const rows = build.steps
    .filter((step) => !isVerdict(step) && (!isBookkeeping(step) || step.state === "failed"))
    .map((step) => rowOf(step, { at, end, launches }));
  return { durationMs: at(end), rows };
}

interface Clockwork {
  readonly at: (time: Date) => number;
  readonly end: Date;
  readonly launches: LaunchTimes;
}

function rowOf(step: Step, clockwork: Clockwork): TimelineRow {
  const { at, end } = clockwork;
  const fromMs = at(step.enteredAt);
  const toMs = at(step.endedAt ?? end);
  const [first] = step.attempts;
  const before: Stretch[] =
    step.kind === "function"
      ? []
      : [{ kind: "look", fromMs, toMs: first === undefined ? toMs : at(first.scheduledAt) }];
  const tried = step.attempts.flatMap((attempt, index) => attemptStretches(step, { attempt, index, clockwork }));
  const only: Stretch[] =
    step.kind === "function" ? [{ kind: step.state === "failed" ? "lost" : "run", fromMs, toMs }] : [];
  return { step, fromMs, toMs, stretches: [...before, ...only, ...tried].filter((each) => each.toMs > each.fromMs) };
}

function attemptStretches(
  step: Step,
  { attempt, index, clockwork }: { attempt: Attempt; index: number; clockwork: Clockwork },
): Stretch[] {
  const { at, end } = clockwork;
  const { scheduledAt, startedAt, endedAt, instance, error } = attempt;
  const next = step.attempts[index + 1];
  const taken = startedAt ?? endedAt ?? end;
  const named = { attempt: index + 1, ...(instance !== undefined && { instance }) };
  const waited =
    step.kind === "approval"
      ? [{ kind: "person" as const, fromMs: at(scheduledAt), toMs: at(endedAt ?? end) }]
      : waitStretches({ from: scheduledAt, to: taken, instance }, clockwork);
  const ran: Stretch[] =
    startedAt === undefined || step.kind === "approval"
      ? []
      : [
          {
            ...named,
            kind: error === undefined ? "run" : "lost",
            fromMs: at(startedAt),
            toMs: at(endedAt ?? end),
            ...(error !== undefined && { error }),
          },
        ];
  const paused: Stretch[] =
    next === undefined || endedAt === undefined
      ? []
      : [{ kind: "pause", fromMs: at(endedAt), toMs: at(next.scheduledAt) }];
  return [...waited, ...ran, ...paused];
}

/** Until the launch of the worker that took it, the task waited for that; from then on, for the machine to boot. */
function waitStretches(
  { from, to, instance }: { from: Date; to: Date; instance: string | undefined },
  { at, launches }: Clockwork,
): Stretch[] {
  const launched = instance === undefined ? undefined : launches.get(instance);
  if (launched === undefined || launched > to) return [{ kind: "wait", fromMs: at(from), toMs: at(to) }];
  const boots = launched < from ? from : launched;
  return [
    { kind: "wait", fromMs: at(from), toMs: at(boots) },
    { kind: "boot", fromMs: at(boots), toMs: at(to) },
  ];
}
