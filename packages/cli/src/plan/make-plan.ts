import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { DescribeStateMachineCommand } from "@aws-sdk/client-sfn";
import { type BuildPlan, planBuild } from "@muster/lambdas";
import { type BuildInput, scriptFile } from "@muster/pipeline";
import { scriptsByActivity } from "../history/changed-scripts.ts";
import type { Stage } from "../stages/stage.ts";

type Planning = Pick<Stage, "pipeline" | "pipelineFolder" | "description" | "s3" | "sfn" | "movedBy">;

/** What a build would run or skip on a stage if it began now, with the scripts that it would have. */
export async function makePlan(stage: Planning, input: BuildInput): Promise<BuildPlan> {
  const { pipeline, description, s3 } = stage;
  const scripts = await scriptsNow(stage);
  return planBuild(input, {
    pipeline,
    stage: description,
    s3: await s3(),
    scriptOf: (activity) => scripts.get(activity),
  });
}

/** SHA-256 in hex, by activity: on AWS of what is deployed, on this machine of what lies in the pipeline's folder. What cannot be had is left out. */
async function scriptsNow(stage: Planning): Promise<ReadonlyMap<string, string>> {
  return stage.movedBy === "aws" ? deployedScripts(stage) : scriptsInFolder(stage);
}

async function deployedScripts({ sfn, description: { stateMachineArn } }: Planning): Promise<Map<string, string>> {
  // Who may plan may not always read the definition: the plan then says nothing of scripts.
  const found = await sfn.send(new DescribeStateMachineCommand({ stateMachineArn })).catch(() => undefined);
  const scripts = [...scriptsByActivity(found?.definition)];
  return new Map(
    scripts.flatMap(([activity, { script }]) => {
      const digest = /#sha256=([0-9a-f]{64})$/.exec(script)?.[1];
      return digest === undefined ? [] : [[activity, digest] as const];
    }),
  );
}

async function scriptsInFolder({ pipeline, pipelineFolder }: Planning): Promise<Map<string, string>> {
  const read = await Promise.allSettled(
    pipeline.activities.map(async ({ name, script }) => {
      const text = await readFile(scriptFile(pipelineFolder, script));
      return [name, createHash("sha256").update(text).digest("hex")] as const;
    }),
  );
  return new Map(read.flatMap((each) => (each.status === "fulfilled" ? [each.value] : [])));
}
