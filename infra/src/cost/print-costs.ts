import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadPipeline } from "../load-pipeline.ts";
import type { Stage } from "../stage-settings.ts";
import { costLines, stageCost } from "./report-cost.ts";

/** Prints what stages cost, by the stacks that a synthesis has written into `outdir`. */
export async function printCosts(
  stages: readonly Stage[],
  { folder, outdir, json }: { folder: string; outdir: string; json: boolean },
): Promise<void> {
  const costs = await Promise.all(
    stages.map(async (stage) => {
      const stack = JSON.parse(readFileSync(join(outdir, "stacks", stage.name, "cdk.tf.json"), "utf8"));
      return stageCost(stage, (await loadPipeline(stage.pipeline, folder)).pipeline, stack);
    }),
  );
  process.stdout.write(
    json ? `${JSON.stringify(costs, null, 2)}\n` : `${costs.map((cost) => costLines(cost).join("\n")).join("\n\n")}\n`,
  );
}
