import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { bare, everything, stage, usual } from "../testing/sample-stages.ts";
import { synthStage } from "../testing/synth-stage.ts";
import { findTerraformStub } from "../testing/terraform-stub.ts";

const stub = findTerraformStub();
if ("missing" in stub) console.warn(`Terraform is not asked: ${stub.missing}`);

/** Both pipelines, and both ends of what a stage may have, in each run; all of their pairs, and what lies between, take `pnpm --filter infra terraform`. */
const isFull = process.env.MUSTER_TERRAFORM === "full";

const kinds = { everything: "every optional part", bare: "no optional part", usual: "what most stages have" };
const definitions = { everything, bare, usual };
const each = [
  ["hhvm", "everything"],
  ["muster", "bare"],
] as const;
const rest = [
  ["hhvm", "bare"],
  ["muster", "everything"],
  ["hhvm", "usual"],
  ["muster", "usual"],
] as const;
const cases = [...each, ...(isFull ? rest : [])].map(([pipeline, kind]) => ({
  pipeline,
  kind: kinds[kind],
  definition: definitions[kind](pipeline),
}));

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
