import { USUAL_IDLE_SECONDS } from "@muster/pipeline";
import type { ExitCode } from "../command.ts";
import type { Context } from "../context.ts";
import { nextCommand } from "../next-command.ts";
import { terminalColumns } from "../print.ts";
import { outliveOwner } from "../stages/outlive-owner.ts";
import type { Stage } from "../stages/stage.ts";
import { findOrphans } from "./find-orphans.ts";
import type { AuditedStage } from "./inventory.ts";
import type { Orphan } from "./orphan.ts";
import { readInventory } from "./read-inventory.ts";
import { type LookedAt, lookedAt, reportAudit } from "./report-audit.ts";

/** What `audit --json` prints. Times are ISO 8601, null is what nobody knows, or what does not apply. */
export interface AuditJson {
  readonly stage: string;
  readonly pipeline: string;
  readonly at: Date;
  readonly orphans: readonly Orphan[];
  /** How much was looked at; null is what could not be read. */
  readonly lookedAt: LookedAt;
  /** What could not be read, a line each: of that, nothing is known. */
  readonly unread: readonly string[];
}

/** Names what a stage has that nothing needs. The exit code is 1 where there is any, else 3 where something could not be read. */
export async function showAudit({ openStage, print, globals, env }: Context): Promise<ExitCode> {
  return outliveOwner(
    () => openStage({ to: "read" }),
    async (stage): Promise<ExitCode> => {
      const audit = await auditStage(stage, {
        now: new Date(),
        idleSeconds: stage.isBilled ? undefined : env.idleSeconds,
        muster: (...words) => nextCommand(globals, words),
      });
      if (globals.json) print.json(audit);
      else {
        const columns = terminalColumns(print);
        for (const line of reportAudit(audit, { columns, style: print.style })) print.report(line);
      }
      if (audit.orphans.length > 0) return 1;
      return audit.unread.length > 0 ? 3 : 0;
    },
  );
}

const REAP_ON_AWS_MS = 10 * 60_000;
const REAP_HERE_MS = 60 * 60_000;

export async function auditStage(
  stage: Stage,
  { now, idleSeconds, muster }: { now: Date; idleSeconds: string | undefined } & Pick<AuditedStage, "muster">,
): Promise<AuditJson> {
  const { description, pipeline, movedBy, isBilled, url } = stage;
  const inventory = await readInventory(stage, now);
  const audited: AuditedStage = {
    pipeline,
    stage: description.stage,
    region: description.region,
    stateBucket: description.buckets.state,
    moving: movedBy !== "nobody",
    isBilled,
    reapEveryMs: movedBy === "aws" ? REAP_ON_AWS_MS : REAP_HERE_MS,
    idleMs: Number(idleSeconds ?? USUAL_IDLE_SECONDS) * 1000,
    url,
    muster,
  };
  return {
    stage: description.stage,
    pipeline: pipeline.name,
    at: now,
    orphans: findOrphans(inventory, audited),
    lookedAt: lookedAt(inventory),
    unread: inventory.unread,
  };
}
