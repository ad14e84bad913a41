import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { stage, usual } from "../testing/sample-stages.ts";
import { builtParts } from "../testing/synth-stage.ts";
import { synthesise } from "./synthesise.ts";

const repository = join(import.meta.dirname, "../..");
let parts: ReturnType<typeof builtParts>;
beforeEach(() => {
  parts = builtParts("muster");
});
afterEach(() => parts.remove());

async function problemOf({
  pipeline = "muster",
  folder = repository,
  ...network
}: {
  pipeline?: string;
  folder?: string;
  zones?: string[];
} = {}): Promise<{ message: string; hint?: string }> {
  const definition = usual(pipeline);
  const made = stage(
    "prod",
    network.zones ? { ...definition, network: { kind: "own", zones: network.zones } } : definition,
  );
  const outdir = join(parts.folder, "out");
  const problem = await synthesise({ stages: [made], outdir, ...parts, folder }).then(
    () => ({ message: "" }),
    (error: { message: string; hint?: string }) => error,
  );
  if (problem.message !== "") expect(existsSync(outdir)).toBe(false);
  expect(problem.message).not.toContain("\n");
  return problem;
}

test("bundles that were not built are named, with the command that builds them", async () => {
  await rm(join(parts.functions, "muster/Repair"), { recursive: true });
  expect(await problemOf()).toMatchObject({
    message: "the functions of muster are not bundled: there is no Repair",
    hint: "pnpm --filter infra bundle",
  });
});

test("an agent that was not built is named", async () => {
  await rm(parts.agents, { recursive: true });
  expect(await problemOf()).toMatchObject({ message: "the worker agent for x86_64 is not built" });
});

test("a pipeline that does not exist is refused with those that do", async () => {
  expect(await problemOf({ pipeline: "hvm" })).toMatchObject({
    message: "there is no pipelines/hvm/pipeline.ts",
    hint: expect.stringContaining("hhvm, muster"),
  });
});

test("scripts that could not run on a worker are refused, each by its line", async () => {
  const pipelines = join(parts.folder, "pipelines");
  await mkdir(join(pipelines, "mine"), { recursive: true });
  await writeFile(
    join(pipelines, "mine/pipeline.ts"),
    `import { activity, definePipeline, fixedPlatforms, forEachVersion } from "@muster/pipeline";
     const worker = { instanceTypes: ["t3.micro"] } as const;
     export default definePipeline({
       name: "mine", summary: "Mine", platforms: fixedPlatforms("any"), image: "/image", dummyScript: "dummy.sh", invalidates: [],
       flow: forEachVersion(activity({ name: "Make", per: "version", script: "make.sh", timeout: 600, worker })),
     });`,
  );
  await writeFile(join(pipelines, "mine/make.sh"), "#!/bin/bash\nif\n", { mode: 0o755 });
  await writeFile(join(pipelines, "mine/dummy.sh"), "#!/bin/sh\n", { mode: 0o644 });
  expect(await problemOf({ pipeline: "mine", folder: parts.folder })).toMatchObject({
    message: expect.stringMatching(
      /^the pipeline mine: make\.sh:\d: bash cannot read it: .*; dummy\.sh: it is not executable$/,
    ),
  });
});

test("a pipeline that does not load is refused by its file and the reason", async () => {
  await mkdir(join(parts.folder, "pipelines/broken"), { recursive: true });
  await writeFile(join(parts.folder, "pipelines/broken/pipeline.ts"), "export default definePipeline({});\n");
  expect((await problemOf({ pipeline: "broken", folder: parts.folder })).message).toBe(
    "pipelines/broken/pipeline.ts cannot be loaded: definePipeline is not defined",
  );
});

test("a pipeline whose packages are not installed is refused by what it imports", async () => {
  await mkdir(join(parts.folder, "pipelines/alone"), { recursive: true });
  // Of a name that no folder above a temporary one has.
  await writeFile(join(parts.folder, "pipelines/alone/pipeline.ts"), 'import "not-installed-here";\n');
  expect(await problemOf({ pipeline: "alone", folder: parts.folder })).toMatchObject({
    message: "pipelines/alone/pipeline.ts imports not-installed-here, which is not installed",
    hint: expect.stringContaining("npm install"),
  });
});

test("a stage may name its pipeline's file, from where stages.ts lies", async () => {
  expect(await problemOf({ pipeline: "./releases/pipeline.ts", folder: parts.folder })).toMatchObject({
    message: "there is no ./releases/pipeline.ts",
    hint: "a stage's pipeline is a file, from where stages.ts lies",
  });
  await mkdir(join(parts.folder, "releases"));
  await writeFile(join(parts.folder, "releases/pipeline.ts"), "export const pipeline = 1;\n");
  expect((await problemOf({ pipeline: "./releases/pipeline.ts", folder: parts.folder })).message).toBe(
    "./releases/pipeline.ts exports no pipeline as its default",
  );
});

test("an activity that needs a zone without a subnet is refused", async () => {
  parts.remove();
  parts = builtParts("hhvm");
  expect((await problemOf({ pipeline: "hhvm", zones: ["us-west-2b"] })).message).toBe(
    "PublishBinaryPackages needs the zone us-west-2a; the stage prod has us-west-2b",
  );
});
