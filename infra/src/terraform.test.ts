import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { bare, everything, stage, usual } from "../testing/sample-stages.ts";
import { synthStage } from "../testing/synth-stage.ts";
import { findTerraformStub } from "../testing/terraform-stub.ts";

const stub = findTerraformStub();
if ("missing" in stub) console.warn(`Terraform is not asked: ${stub.missing}`);

/** What lies between everything and nothing takes `pnpm --filter infra terraform`. */
const isFull = process.env.MUSTER_TERRAFORM === "full";

const cases = ["hhvm", "muster"].flatMap((pipeline) => [
  { pipeline, kind: "every optional part", definition: everything(pipeline) },
  { pipeline, kind: "no optional part", definition: bare(pipeline) },
  ...(isFull ? [{ pipeline, kind: "what most stages have", definition: usual(pipeline) }] : []),
]);

test.skipIf("missing" in stub).each(cases)(
  "terraform validates, plans and applies a stage of $pipeline with $kind, and then finds nothing to change",
  async ({ pipeline, definition }) => {
    if ("missing" in stub) return;
    const outdir = await mkdtemp(join(tmpdir(), "muster-terraform-"));
    try {
      await synthStage(stage(pipeline, definition), { outdir });
      const said = await stub.apply(join(outdir, "stacks", pipeline));
      expect(said).toMatch(/Apply complete! Resources: \d{3} added, 0 changed, 0 destroyed/);
    } finally {
      await rm(outdir, { recursive: true, force: true });
    }
  },
);
