import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  activity,
  definePipeline,
  fixedPlatforms,
  forEachPlatform,
  forEachVersion,
  hours,
  minutes,
  scratch,
} from "@muster/pipeline";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadBuild } from "../history/load-build.ts";
import { startBuild } from "../start-build.ts";
import { stageInTime } from "../testing/stage-in-time.ts";
import { expectedEnd, tasksToCome } from "./expected-end.ts";
import { readOutlook } from "./read-outlook.ts";

const worker = { instanceTypes: ["t3.micro"] as const };
const Fetch = activity({
  name: "Fetch",
  per: "version",
  script: "fetch.sh",
  timeout: minutes(30),
  worker,
  produces: ({ version }) => [scratch(`${version}.tar`)],
  estimatedDuration: minutes(2),
});
const Compile = activity({
  name: "Compile",
  per: "platform",
  script: "compile.sh",
  timeout: hours(1),
  worker,
  estimatedDuration: minutes(20),
  retries: [],
});
const Publish = activity({
  name: "Publish",
  per: "version",
  script: "publish.sh",
  timeout: minutes(30),
  worker,
  estimatedDuration: minutes(3),
  runsWhen: "predecessors-succeeded",
});
const Mystery = activity({ name: "Mystery", per: "version", script: "publish.sh", timeout: minutes(30), worker });
const pipeline = definePipeline({
  name: "example",
  summary: "An example",
  platforms: fixedPlatforms("debian-12-bookworm", "ubuntu-24.04-noble"),
  flow: forEachVersion(Fetch, forEachPlatform(Compile), Publish, Mystery),
  image: "/image",
  dummyScript: "dummy.sh",
  invalidates: [],
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "muster-expected-"));
  for (const name of ["fetch.sh", "compile.sh", "publish.sh", "dummy.sh"])
    await writeFile(join(folder, name), "#!/bin/bash\n");
});
afterAll(() => rm(folder, { recursive: true }));

const MINUTE = 60_000;

test("a build is expected to take what its running tasks have before them, and those to come after them; what fails takes what follows along", async () => {
  await using time = await stageInTime({
    pipeline,
    folder,
    play: ({ name }) =>
      name === "Compile-1.2.3-ubuntu-24.04-noble"
        ? { seconds: 2400, exit: 1 }
        : { seconds: name.startsWith("Fetch") ? 120 : 1200 },
  });
  const { stage } = time;
  const { executionArn } = await startBuild(stage, ["1.2.3"], { user: "tester", at: time.now() });
  const read = () => loadBuild(stage, executionArn);
  const stateOf = async (key: string) => (await read()).steps.find((step) => step.key === key)?.state;
  await time.until(async () => (await stateOf("Fetch-1.2.3")) === "running");
  const { input } = await read();
  const outlook = await readOutlook(stage, input as NonNullable<typeof input>);
  const now = async () => {
    const build = await read();
    return { expected: expectedEnd(outlook, build, time.now()), toCome: tasksToCome(outlook, build) };
  };

  const first = await now();
  expect(first.toCome.map(({ step }) => step)).toEqual(["Compile", "Compile", "Publish", "Mystery"]);
  expect(first.expected?.tasksOfUnknownTime).toBe(1);
  const startedMs = time.now().getTime();
  expect((first.expected as { endsAt: Date }).endsAt.getTime() - startedMs).toBeCloseTo(25 * MINUTE, -4);

  await time.passes(60);
  const later = await now();
  expect(later.expected?.endsAt.getTime()).toBeCloseTo(first.expected?.endsAt.getTime() ?? 0, -4);

  // One has taken its usual time twice: what is left of it is not known, and no time of the past is expected.
  await time.until(async () => (await stateOf("Compile-1.2.3-debian-12-bookworm")) === "succeeded");
  await time.passes(600);
  const late = await now();
  expect((late.expected as { endsAt: Date }).endsAt.getTime() - +time.now()).toBeCloseTo(3 * MINUTE, -4);

  await time.until(async () => (await stateOf("Compile-1.2.3-ubuntu-24.04-noble")) === "failed");
  const failed = await now();
  expect(failed.toCome.map(({ step }) => step)).not.toContain("Publish");
});
