import type { SFNClient } from "@aws-sdk/client-sfn";
import { fixedState, type HealthCheckAnswer, HealthCheckEvent } from "@muster/pipeline";
import { type StateRecords, stateKey } from "@muster/records";
import type * as z from "zod";
import { startAhead } from "./ahead/start-ahead.ts";
import { executionHistory } from "./builds/execution-history.ts";
import { type BuildProgress, tasksOfHistory } from "./builds/tasks-of-history.ts";
import { tickSeconds } from "./builds/tick-seconds.ts";
import { handler } from "./handler.ts";
import { repairContext } from "./repair/repair-context.ts";
import { repairNow } from "./repair/tend-activities.ts";

/** At each tick: makes sure that no task waits in a queue without workers. Ends with its build. */
export const healthCheck = handler(
  fixedState.healthCheck,
  { input: HealthCheckEvent, uses: ["ec2", "s3", "sfn"] },
  async ({ buildInput, execution }, context): Promise<z.infer<typeof HealthCheckAnswer>> => {
    if (buildInput.debug === "skip_ec2") return { continue: false };
    const repair = repairContext(context);
    const progress = await progressOf(execution, { records: repair.launching.records, sfn: repair.sfn });
    if (progress === "over") return { continue: false };
    const { pipeline, clients } = context;
    const build = { buildInput, execution, progress };
    const aheadSeconds = await startAhead(build, { pipeline, s3: clients.s3, launching: repair.launching });
    const { reports } = await repairNow(pipeline.activities, repair, { atAnyPrice: true });
    const busy = reports.filter(({ pending, launched, failed }) => pending + launched + failed > 0);
    return { continue: true, tickSeconds: tickSeconds(progress, aheadSeconds), repaired: busy };
  },
);

/** EndHealthCheck marks the build as done; where it could not, the history still says that it was there. */
async function progressOf(
  execution: { id: string; name: string },
  { records, sfn }: { records: StateRecords; sfn: SFNClient },
): Promise<BuildProgress | "over"> {
  if ((await records.etag(stateKey.buildDone(execution.name))) !== undefined) return "over";
  const progress = await tasksOfHistory(executionHistory(sfn, execution.id));
  return progress.exitedStates.has(fixedState.endHealthCheck) ? "over" : progress;
}
