import { createHash } from "node:crypto";
import { CreateInvalidationCommand } from "@aws-sdk/client-cloudfront";
import { fixedState, ResultsEvent } from "@muster/pipeline";
import { batchInvalidations } from "./edge/batch-invalidations.ts";
import { handler } from "./handler.ts";

/** Makes the CDN fetch anew what publishing has changed; a retried call asks for the same invalidations, not for more. */
export const invalidateCloudFront = handler(
  fixedState.invalidateCloudFront,
  { input: ResultsEvent, uses: ["cloudfront"] },
  async ({ execution }, { pipeline, stage, clients, log }) => {
    const { distributionId } = stage;
    if (distributionId === undefined) return { note: "this stage has no distribution" };
    const batches = batchInvalidations(pipeline.invalidates);
    const invalidations: string[] = [];
    for (const paths of batches) {
      const { Invalidation } = await clients.cloudfront.send(
        new CreateInvalidationCommand({
          DistributionId: distributionId,
          InvalidationBatch: {
            CallerReference: callerReference(execution.id, paths),
            Paths: { Quantity: paths.length, Items: [...paths] },
          },
        }),
      );
      if (Invalidation?.Id) invalidations.push(Invalidation.Id);
    }
    log.info("invalidations created", { build: execution.name, invalidations, paths: batches.flat().length });
    return { invalidations };
  },
);

function callerReference(execution: string, paths: readonly string[]): string {
  return createHash("sha256")
    .update(JSON.stringify([execution, paths]))
    .digest("hex");
}
