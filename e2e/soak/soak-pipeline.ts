import { join } from "node:path";
import type { Workspace } from "../src/workspace.ts";

export const VERSIONS = ["1.0.1", "1.0.2", "1.0.3"] as const;
export const PLATFORMS = ["debian-11-a", "debian-12-b", "ubuntu-22.04-c", "ubuntu-24.04-d", "ubuntu-25.04-e"] as const;

export interface SoakPipeline {
  /** Options that make `muster` use it. */
  readonly options: readonly string[];
  /** To which every script adds `begin <task> <instance>` and `end <task> <instance>`. */
  readonly log: string;
}

/** Writes a pipeline into a workspace whose scripts take a moment, and say when they begin and when they end. */
export async function writeSoakPipeline(workspace: Workspace): Promise<SoakPipeline> {
  const log = join(workspace.dir, "ran.log");
  const script = [
    "#!/bin/bash",
    "set -euo pipefail",
    `echo "begin $MUSTER_TASK $MUSTER_INSTANCE" >> '${log}'`,
    'sleep "0.$((RANDOM % 4 + 1))"',
    `echo "end $MUSTER_TASK $MUSTER_INSTANCE" >> '${log}'`,
    "",
  ].join("\n");
  await workspace.write("soak/task.sh", script, { executable: true });
  await workspace.write("soak/pipeline.ts", DEFINITION);
  return { options: ["--pipeline", join(workspace.dir, "soak/pipeline.ts")], log };
}

const DEFINITION = `
import { activity, definePipeline, fixedPlatforms, forEachPlatform, forEachVersion, minutes, parallel, sequence } from "@muster/pipeline";

const step = { script: "task.sh", timeout: minutes(10), worker: { instanceTypes: ["t3.micro"] as const } };
export const MakeSource = activity({ name: "MakeSource", per: "version", ...step });
export const MakePackage = activity({ name: "MakePackage", per: "platform", maxWorkers: 4, ...step });
export const Publish = activity({ name: "Publish", per: "version", exclusive: true, ...step });

export default definePipeline({
  name: "soak",
  summary: "A pipeline for crashes",
  platforms: fixedPlatforms(${PLATFORMS.map((name) => JSON.stringify(name)).join(", ")}),
  flow: forEachVersion(MakeSource, parallel(sequence("BuildAndPublish", forEachPlatform(MakePackage), Publish))),
  image: "/image",
  dummyScript: "task.sh",
  invalidates: ["/packages/*"],
});
`;
