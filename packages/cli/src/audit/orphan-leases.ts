import { CLOCK_SKEW_MS, isFree } from "@muster/records";
import { clockTime } from "../why/words.ts";
import type { AuditedLease, AuditedStage, Builds, Inventory } from "./inventory.ts";
import { after, type Finding, type Orphan, orphan } from "./orphan.ts";
import { lastWorkOf } from "./work-of-machines.ts";

/** A worker renews a lease of three minutes, a function takes one of a minute; clocks may differ. */
const LONGEST_MS = 10 * 60_000;
/** Between the end of a task and what is read of it. */
const JUST_ENDED_MS = 60_000;

/** Leases that are held by nobody who needs them. One that has expired is free: whoever wants it takes it. */
export function orphanLeases(inventory: Inventory, stage: AuditedStage): Orphan[] {
  const { now, leases } = inventory;
  // Who owns the folder next lets go of them all.
  if (!stage.moving) return [];
  return (leases ?? []).flatMap((held) => {
    if (isFree(held.lease, +now)) return [];
    const finding = tooLong(held, now) ?? ofNobody(held, inventory);
    if (finding === undefined) return [];
    const freeAt = after(new Date(held.lease.expiresAt), CLOCK_SKEW_MS);
    return [
      orphan(now, {
        ...finding,
        name: `${held.name}'s ${kindOf(held)}`,
        step: held.name,
        blocks:
          held.kind === "exclusive"
            ? `tasks of ${held.name} wait for it`
            : `nothing is launched for ${held.name === "all" ? "any step" : held.name} meanwhile`,
        repair: { says: "it is free to take when it has expired", until: freeAt },
        next: [letGo(held, stage)],
      }),
    ];
  });
}

type Found = Pick<Finding, "kind" | "says" | "task" | "build" | "since">;

const kindOf = ({ kind }: AuditedLease) => (kind === "exclusive" ? "lease" : "repair lease");

function tooLong(held: AuditedLease, now: Date): Found | undefined {
  const { holder, expiresAt } = held.lease;
  if (Date.parse(expiresAt) - +now <= LONGEST_MS) return undefined;
  const says = `is held by ${holder} until ${clockTime(new Date(expiresAt), now)}, longer than anybody takes one for: a clock was wrong`;
  return { kind: kindOf(held), says };
}

/** Of a worker that is not at a task of this step. A function's lease is over in a minute, and a task that runs here without a build has no machine. */
function ofNobody(held: AuditedLease, { now, machines, builds }: Inventory): Found | undefined {
  const { holder } = held.lease;
  if (held.kind === "repair" || !holder.startsWith("i-") || builds === null) return undefined;
  if (isAtStep(holder, held.name, builds)) {
    if (machines === null || !machines.gone.has(holder)) return undefined;
    return { kind: "lease", says: `is held by ${holder}, which has ended` };
  }
  const { last } = lastWorkOf(holder, builds);
  if (last?.heard && +now - +last.overAt < JUST_ENDED_MS) return undefined;
  const isThere = machines === null || machines.alive.some(({ instance }) => instance === holder);
  const says = isThere
    ? `is held by ${holder}, ${last === undefined ? "which no running build has at work" : `whose task is over: ${last.heard ? "it has told so" : last.why}`}`
    : `is held by ${holder}, which ${machines?.gone.has(holder) === true ? "has ended" : "EC2 does not show"}`;
  return { kind: "lease", says, task: last?.task ?? null, build: last?.build ?? null, since: last?.overAt ?? null };
}

const isAtStep = (instance: string, step: string, { running }: Builds): boolean =>
  running.some(({ attempts }) =>
    attempts.some((attempt) => attempt.instance === instance && attempt.step === step && attempt.endedAt === undefined),
  );

/** Overwritten, never deleted, so that its number only grows. */
function letGo({ key, lease }: AuditedLease, { stateBucket, region, url }: AuditedStage): string {
  const endpoint = url === undefined ? "" : ` --endpoint-url ${url}`;
  return `echo '${JSON.stringify({ ...lease, released: true })}' | aws s3 cp --region ${region}${endpoint} - s3://${stateBucket}/${key}`;
}
