import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InvalidConfigurationError } from "@muster/pipeline";
import { App, TerraformStack } from "cdktf";
import { expect, test } from "vitest";
import { stage, usual } from "../../testing/sample-stages.ts";
import { loadPipeline } from "../load-pipeline.ts";
import { resourceNames } from "../stage-scope.ts";
import { createEdge } from "./distribution.ts";

const { pipeline } = await loadPipeline("hhvm", join(import.meta.dirname, "../../.."));

/** The edge of a pipeline that invalidates so many paths. */
async function edgeOf(paths: number): Promise<unknown> {
  const outdir = await mkdtemp(join(tmpdir(), "muster-edge-"));
  try {
    const made = stage("test", usual("hhvm"));
    const many = { ...pipeline, invalidates: Array.from({ length: paths }, (_, index) => `/suite-${index}/*`) };
    const stack = new TerraformStack(new App({ outdir, skipValidation: true }), "test");
    const scope = { stack, stage: made, pipeline: many, names: resourceNames(made, many) };
    return createEdge(scope, { priceClass: "PriceClass_All" }).distribution.orderedCacheBehaviorInput;
  } finally {
    await rm(outdir, { recursive: true, force: true });
  }
}

test("every path that builds invalidates is told apart, up to the 75 behaviours of a distribution", async () => {
  const behaviours = await edgeOf(72);
  expect(behaviours).toHaveLength(74);
  expect(behaviours).toContainEqual(expect.objectContaining({ pathPattern: "/suite-71/*" }));
});

test("a pipeline that invalidates more paths than CloudFront tells apart is refused", async () => {
  await expect(edgeOf(73)).rejects.toThrow(InvalidConfigurationError);
  await expect(edgeOf(73)).rejects.toThrow(
    "the pipeline hhvm invalidates 73 paths, and CloudFront tells at most 72 apart",
  );
});
