import { formatDuration } from "@muster/history";

/** What can be left over; each has its sentence beside the judgement that finds it. */
export const ORPHAN_KINDS = [
  "machine of another pipeline",
  "machine without tags",
  "stopped machine",
  "old machine",
  "machine that never became ready",
  "machine at a task that is over",
  "kept machine",
  "idle machine",
  "machine that nobody launched",
  "task on a lost machine",
  "task without a worker",
  "build that stands still",
  "build that is done",
  "lease",
  "repair lease",
  "unanswered launch",
  "demand of an ended build",
  "repair request",
  "record of an ended build",
  "old records",
  "end that was not told",
] as const;
export type OrphanKind = (typeof ORPHAN_KINDS)[number];

/** What nothing needs any more, as `audit --json` has it; null is what nobody knows, or what does not apply. */
export interface Orphan {
  readonly kind: OrphanKind;
  /** An instance id, the name of a task or a build, a step, or what is a step's: `Publish's lease`. */
  readonly name: string;
  readonly step: string | null;
  readonly task: string | null;
  readonly build: string | null;
  readonly since: Date | null;
  readonly seconds: number | null;
  /** Of a machine, at most: by an upper estimate of the on-demand price. */
  readonly dollarsPerHour: number | null;
  readonly dollarsAtMost: number | null;
  /** What it is, in words that follow its name. */
  readonly says: string;
  /** What it keeps others from; null where it does no harm but by its cost. */
  readonly blocks: string | null;
  /** What takes care of it by itself, and by when at the latest; null where nothing does, or should have. */
  readonly repair: { readonly says: string; readonly until: Date | null } | null;
  /** Commands for a person: none where waiting is enough. */
  readonly next: readonly string[];
}

export type Finding = Pick<Orphan, "kind" | "name" | "says"> & Partial<Omit<Orphan, "kind" | "name" | "says">>;

/** What takes longer than this to end by itself a person may want to end. */
const PATIENCE_MS = 20 * 60_000;

/**
 * The whole orphan: what is not said is null. A repair whose time has passed is none, and says so; the commands are for what nothing takes care of soon.
 * @param late what to say where the repair should have come by now
 */
export function orphan(
  now: Date,
  { repair = null, next = [], since = null, ...finding }: Finding,
  { late }: { late?: string } = {},
): Orphan {
  const isLate = repair !== null && repair.until !== null && +repair.until < +now;
  const isSoon = repair !== null && !isLate && (repair.until === null || +repair.until - +now <= PATIENCE_MS);
  return {
    step: null,
    task: null,
    build: null,
    dollarsPerHour: null,
    dollarsAtMost: null,
    blocks: null,
    ...finding,
    since,
    seconds: since === null ? null : Math.max(0, Math.round((+now - +since) / 1000)),
    says: isLate && late !== undefined ? `${finding.says}; ${late}` : finding.says,
    repair: isLate ? null : repair,
    next: isSoon ? [] : next,
  };
}

/** `12:04`, without tenths. */
export const span = (ms: number): string => formatDuration(ms, { whole: true });

export const after = (at: Date, ms: number): Date => new Date(+at + ms);
