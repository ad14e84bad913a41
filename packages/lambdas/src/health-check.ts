import type { SFNClient } from "@aws-sdk/client-sfn";
import { fixedState, type HealthCheckAnswer, HealthCheckEvent } from "@muster/pipeline";
import { type StateRecords, stateKey } from "@muster/records";
import type * as z from "zod";
import { executionHistory } from "./builds/execution-history.ts";
import { tasksOfHistory } from "./builds/tasks-of-history.ts";
import { handler } from "./handler.ts";
import { repairContext } from "./repair/repair-context.ts";
import { repairNow } from "./repair/tend-activities.ts";

/** Every five minutes: makes sure that no task waits in a queue without workers. Ends with its build. */
export const healthCheck = handler(
  fixedState.healthCheck,
  { input: HealthCheckEvent, uses: ["ec2", "s3", "sfn"] },
  async ({ buildInput, execution }, context): Promise<z.infer<typeof HealthCheckAnswer>> => {
    if (buildInput.debug === "skip_ec2") return { continue: false };
    const repair = repairContext(context);
    if (await isOver(execution, { records: repair.launching.records, sfn: repair.sfn })) return { continue: false };
    const { reports } = await repairNow(context.pipeline.activities, repair);
    const busy = reports.filter(({ pending, launched, failed }) => pending + launched + failed > 0);
    return { continue: true, repaired: busy };
  },
);

/** EndHealthCheck marks the build as done; where it could not, the history still says that it was there. */
async function isOver(
  execution: { id: string; name: string },
  { records, sfn }: { records: StateRecords; sfn: SFNClient },
): Promise<boolean> {
  if ((await records.etag(stateKey.buildDone(execution.name))) !== undefined) return true;
  const { exitedStates } = await tasksOfHistory(executionHistory(sfn, execution.id));
  return exitedStates.has(fixedState.endHealthCheck);
}
