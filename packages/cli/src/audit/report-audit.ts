import { counted } from "../counted.ts";
import type { TextStyle } from "../print.ts";
import { columnsOf } from "../text-columns.ts";
import { clockTime, listed } from "../why/words.ts";
import { wrapColumns } from "../wrap-columns.ts";
import type { Inventory } from "./inventory.ts";
import { type Orphan, type OrphanKind, span } from "./orphan.ts";

/** How much was looked at; null is what could not be read. */
export interface LookedAt {
  readonly machines: number | null;
  readonly runningBuilds: number | null;
  readonly leases: number | null;
  readonly launches: number | null;
  /** Demands, requests for repair, and what running builds keep. */
  readonly records: number | null;
}

export function lookedAt({ machines, builds, leases, launches, demandKeys, requests, ofBuilds }: Inventory): LookedAt {
  const known = demandKeys !== null && requests !== null && ofBuilds !== null;
  return {
    machines: machines === null ? null : machines.alive.length,
    runningBuilds: builds === null ? null : builds.running.length,
    leases: leases === null ? null : leases.length,
    launches: launches === null ? null : launches.keys.length,
    records: known ? demandKeys.length + requests.length + ofBuilds.length : null,
  };
}

interface Audit {
  readonly at: Date;
  readonly orphans: readonly Orphan[];
  readonly lookedAt: LookedAt;
  readonly unread: readonly string[];
}

type Style = (format: TextStyle, text: string) => string;

/**
 * The answer, then a paragraph for each orphan: what it is, what it costs and keeps from others, who takes care of it.
 * @param columns of the terminal; undefined where nobody knows, for lines of any length
 */
export function reportAudit(
  { at, orphans, lookedAt: seen, unread }: Audit,
  { columns, style }: { columns: number | undefined; style: Style },
): string[] {
  const wrap = (text: string, indent: string) => wrapColumns(text, { columns, indent });
  const [first = "", ...rest] = wrap(firstLine({ orphans, seen, unread }), "  ");
  const colour = orphans.length > 0 ? "yellow" : unread.length > 0 ? "yellow" : "green";
  const head = answerOf(orphans, unread);
  return [
    style(["bold", colour], first.slice(0, head.length)) + first.slice(head.length),
    ...rest,
    ...orphans.flatMap((orphan) => paragraph(orphan, { at, wrap, style })),
    ...unread.flatMap((line) => wrap(`! ${line}`, "  ").map((text) => style("yellow", text))),
    ...(orphans.length > 0 ? wrap(`looked at ${seenWords(seen)}`, "  ").map((text) => style("dim", text)) : []),
  ];
}

const answerOf = (orphans: readonly Orphan[], unread: readonly string[]): string =>
  orphans.length > 0 ? counted(orphans.length, "orphan") : unread.length > 0 ? "no orphan seen" : "0 orphans";

function firstLine({
  orphans,
  seen,
  unread,
}: {
  orphans: readonly Orphan[];
  seen: LookedAt;
  unread: readonly string[];
}): string {
  const answer = answerOf(orphans, unread);
  if (orphans.length > 0) return `${answer}: ${groups(orphans)}`;
  const missing = unread.length > 0 ? `, but ${counted(unread.length, "thing")} could not be told` : "";
  return `${answer}${missing}: looked at ${seenWords(seen)}`;
}

const nouns = {
  "machine of another pipeline": "machine",
  "machine without tags": "machine",
  "stopped machine": "machine",
  "old machine": "machine",
  "machine that never became ready": "machine",
  "machine at a task that is over": "machine",
  "kept machine": "machine",
  "idle machine": "machine",
  "machine that nobody launched": "machine",
  "task on a lost machine": "task",
  "task without a worker": "task",
  "build that stands still": "build",
  "build that is done": "build",
  lease: "lease",
  "repair lease": "lease",
  "unanswered launch": "launch",
  "demand of an ended build": "record",
  "repair request": "record",
  "record of an ended build": "record",
  "old records": "record",
  "end that was not told": "notification",
} as const satisfies Record<OrphanKind, string>;

/** `2 machines (at most $1.20 an hour), 1 lease` */
function groups(orphans: readonly Orphan[]): string {
  const byNoun = Map.groupBy(orphans, ({ kind }) => nouns[kind]);
  return [...byNoun]
    .map(([noun, of]) => {
      const dollars = of.reduce((sum, { dollarsPerHour }) => sum + (dollarsPerHour ?? 0), 0);
      return `${counted(of.length, noun)}${dollars === 0 ? "" : ` (at most ${money(dollars)} an hour)`}`;
    })
    .join(", ");
}

function seenWords({ machines, runningBuilds, leases, launches, records }: LookedAt): string {
  const words = (
    [
      [machines, "machine"],
      [runningBuilds, "running build"],
      [leases, "lease"],
      [launches, "launch record"],
      [records, "other record"],
    ] as const
  ).flatMap(([count, noun]) => (count === null ? [] : [counted(count, noun)]));
  return words.length === 0 ? "nothing" : listed(words, words.length);
}

const money = (dollars: number): string => `$${dollars.toFixed(2)}`;

function paragraph(
  orphan: Orphan,
  { at, wrap, style }: { at: Date; wrap: (text: string, indent: string) => string[]; style: Style },
): string[] {
  const { name, says, blocks, repair, next } = orphan;
  const [first = "", ...rest] = wrap(`  ${name} ${says}`, "    ");
  const dimmed = (text: string) => wrap(`    ${text}`, "    ").map((line) => style("dim", line));
  const isWhole = columnsOf(first) >= columnsOf(name) + 2;
  return [
    isWhole ? `  ${style("bold", name)}${first.slice(name.length + 2)}` : first,
    ...rest,
    ...facts(orphan).flatMap(dimmed),
    ...(blocks === null ? [] : wrap(`    ${blocks}`, "    ")),
    ...(repair === null
      ? []
      : wrap(`    ${repairWords(repair, at)}`, "    ").map((line) => style(next.length > 0 ? "dim" : "green", line))),
    ...next.map((command) => `    ${style("cyan", command)}`),
  ];
}

/** `MakeBinaryPackage, since 12:04 UTC, at most $0.20 an hour, $0.63 so far` */
function facts({ says, step, kind, dollarsPerHour, dollarsAtMost, since, seconds }: Orphan): string[] {
  const words = [
    ...(step === null || says.includes(step) || nouns[kind] !== "machine" ? [] : [step]),
    ...(since === null || seconds === null ? [] : [`for ${span(seconds * 1000)}`]),
    ...(dollarsPerHour === null ? [] : [`at most ${money(dollarsPerHour)} an hour`]),
    ...(dollarsAtMost === null ? [] : [`${money(dollarsAtMost)} so far`]),
  ];
  return words.length === 0 ? [] : [words.join(", ")];
}

function repairWords({ says, until }: NonNullable<Orphan["repair"]>, at: Date): string {
  return `by itself: ${says}${until === null ? "" : `; by ${clockTime(until, at)} at the latest`}`;
}
