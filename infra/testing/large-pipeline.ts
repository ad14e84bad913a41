import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Pipeline } from "@muster/pipeline";
import { loadPipeline } from "../src/load-pipeline.ts";
import type { Stage } from "../src/stage-settings.ts";
import { synthesise } from "../src/synthesise.ts";
import { builtParts, type SynthesisedStack } from "./synth-stage.ts";

const library = join(import.meta.dirname, "../../packages/pipeline/src/index.ts");

/** A pipeline `large` of so many activities, and a stage that runs it. */
export async function synthLarge(
  stage: Stage,
  activities: number,
): Promise<{ stack: SynthesisedStack; pipeline: Pipeline }> {
  const parts = builtParts("large");
  try {
    const folder = join(parts.folder, `project-${activities}`);
    mkdirSync(join(folder, "pipelines/large"), { recursive: true });
    writeFileSync(join(folder, "pipelines/large/step.sh"), "#!/bin/sh\n", { mode: 0o755 });
    writeFileSync(join(folder, "pipelines/large/pipeline.ts"), definition(activities));
    const { pipeline } = await loadPipeline("large", folder);
    const outdir = join(parts.folder, "out");
    await synthesise({ stages: [stage], outdir, ...parts, folder });
    return { pipeline, stack: JSON.parse(readFileSync(join(outdir, "stacks", stage.name, "cdk.tf.json"), "utf8")) };
  } finally {
    parts.remove();
  }
}

const definition = (activities: number): string => `
import { activity, definePipeline, fixedPlatforms, forEachVersion, hours, scratch, slack, sns, webhook } from ${JSON.stringify(library)};
const steps = Array.from({ length: ${activities} }, (_, index) =>
  activity({
    name: "PublishSignedPackageNumber" + (index + 1),
    per: "version",
    script: "step.sh",
    timeout: hours(1),
    worker: { instanceTypes: ["t3.micro"], rootVolumeGb: 16 },
    produces: ({ version }) => [scratch(version + "/" + index)],
  }),
);
export default definePipeline({
  name: "large",
  summary: "Many activities",
  platforms: fixedPlatforms("debian-12-bookworm"),
  flow: forEachVersion(...steps),
  image: "/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id",
  dummyScript: "step.sh",
  invalidates: [],
  source: (version) => scratch(version),
  notifies: [
    webhook({ name: "program", url: "https://hooks.example.org/builds", secret: "large/webhook" }),
    slack({ name: "chat", webhook: "large/chat" }),
    sns({ name: "topic" }),
    sns({ name: "elsewhere", topic: "arn:aws:sns:us-west-2:444455556666:builds" }),
  ],
});
`;
