import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLocalAws, type ObservedCall } from "@muster/local";
import {
  activity,
  definePipeline,
  fixedPlatforms,
  forEachPlatform,
  forEachVersion,
  type StageDescription,
  scratch,
} from "@muster/pipeline";
import type { LoadedPipeline } from "../load-pipeline.ts";
import { describeLocalStage } from "../stages/local/describe-local-stage.ts";
import { localClients } from "../stages/local/local-clients.ts";

const worker = { instanceTypes: ["t3.micro"] as const };
export const MakeSource = activity({
  name: "MakeSource",
  per: "version",
  script: "source.sh",
  init: "init.sh",
  timeout: 600,
  worker,
  produces: ({ version }) => [scratch(`${version}.txt`)],
});
export const MakePackage = activity({
  name: "MakePackage",
  per: "platform",
  script: "package.sh",
  timeout: 600,
  worker,
});

const pipeline = definePipeline({
  name: "small",
  summary: "A pipeline for tests",
  platforms: fixedPlatforms("debian-12-bookworm", "ubuntu-24.04-noble"),
  flow: forEachVersion(MakeSource, forEachPlatform(MakePackage)),
  image: "/image",
  dummyScript: "dummy.sh",
  invalidates: [],
});

/** A pipeline with its scripts in a temporary folder, and AWS in memory. */
export async function stageForTests() {
  const folder = await mkdtemp(join(tmpdir(), "muster-cli-"));
  const calls: ObservedCall[] = [];
  const aws = createLocalAws({ onCall: (call) => void calls.push(call) });
  const clients = localClients(aws.clientConfig());
  const loaded: LoadedPipeline = { pipeline, folder, file: join(folder, "pipeline.ts") };
  const description: StageDescription = describeLocalStage(pipeline, { dir: folder, subnets: [] });
  const writeScript = async (name: string, text: string) => {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, name), text);
  };
  for (const name of ["source.sh", "init.sh", "package.sh", "dummy.sh"])
    await writeScript(name, `#!/bin/bash\n# ${name}\n`);
  return {
    aws,
    clients,
    loaded,
    pipeline,
    description,
    writeScript,
    /** Names of the calls since the last time. */
    called: () => calls.splice(0).map(({ operation }) => operation),
    async [Symbol.asyncDispose]() {
      await aws.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
