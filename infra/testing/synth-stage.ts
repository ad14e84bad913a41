import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { functionNames, type Pipeline } from "@muster/pipeline";
import { loadPipeline } from "../src/load-pipeline.ts";
import type { Stage } from "../src/stage-settings.ts";
import { synthesise } from "../src/synthesise.ts";

/** Terraform's JSON, as far as tests look into it. */
export interface SynthesisedStack {
  readonly resource: Readonly<Record<string, Readonly<Record<string, Resource>>>>;
  readonly data?: Readonly<Record<string, Readonly<Record<string, Resource>>>>;
  readonly locals: Readonly<Record<string, string>>;
  readonly output: Readonly<Record<string, { value: string }>>;
  readonly provider: Readonly<Record<string, readonly Resource[]>>;
  readonly terraform: {
    readonly backend: Readonly<Record<string, Record<string, unknown>>>;
    readonly required_version: string;
  };
}
export type Resource = Readonly<Record<string, unknown>>;

const repository = join(import.meta.dirname, "../..");

/** A temporary folder with stand-ins for what is built: contents do not matter to a synthesis, their places do. */
export function builtParts(pipeline: string): { functions: string; agents: string; folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), "muster-infra-"));
  const functions = join(folder, "functions");
  const agents = join(folder, "agents");
  for (const name of functionNames) {
    mkdirSync(join(functions, pipeline, name), { recursive: true });
    writeFileSync(join(functions, pipeline, name, "index.mjs"), `export const handler = async () => "${name}";\n`);
  }
  mkdirSync(agents);
  for (const architecture of ["x86_64", "arm64"]) {
    writeFileSync(join(agents, `muster-agent-linux-${architecture}.tar.gz`), architecture);
  }
  return { folder, functions, agents, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

const synthesised = new Map<string, Promise<string>>();

/** Synthesises one stage into `outdir`; without one, once a process for all who look at the same stage: each gets a copy. */
export async function synthStage(stage: Stage, { outdir }: { outdir?: string } = {}): Promise<SynthesisedStack> {
  if (outdir !== undefined) return JSON.parse(await synthText(stage, { outdir }));
  const key = JSON.stringify(stage);
  const text = synthesised.get(key) ?? synthText(stage);
  synthesised.set(key, text);
  return JSON.parse(await text);
}

/** The bytes of `cdk.tf.json`. */
export async function synthText(stage: Stage, { outdir }: { outdir?: string } = {}): Promise<string> {
  const parts = builtParts(stage.pipeline);
  try {
    const out = outdir ?? join(parts.folder, "out");
    await synthesise({ stages: [stage], outdir: out, ...parts, folder: repository });
    return readFileSync(join(out, "stacks", stage.name, "cdk.tf.json"), "utf8");
  } finally {
    parts.remove();
  }
}

/** A stage, what its pipeline is, and what becomes of it. */
export async function loadSample(made: Stage): Promise<{ made: Stage; pipeline: Pipeline; stack: SynthesisedStack }> {
  const { pipeline } = await loadPipeline(made.pipeline, repository);
  return { made, pipeline, stack: await synthStage(made) };
}
