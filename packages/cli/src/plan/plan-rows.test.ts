import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { planApprovals, planBuild } from "@muster/lambdas";
import {
  activity,
  approval,
  type BuildInput,
  definePipeline,
  downloads,
  forEachPlatform,
  forEachVersion,
  hours,
  listedPlatforms,
  scratch,
} from "@muster/pipeline";
import { expect, test } from "vitest";
import { formatTable } from "../format-table.ts";
import { stageForTests } from "../testing/stage-for-tests.ts";
import { planRows } from "./plan-rows.ts";

const step = { script: "make.sh", timeout: hours(1), worker: { instanceTypes: ["t3.micro"] } } as const;

const Fetch = activity({ ...step, name: "Fetch", per: "version", produces: ({ version }) => [scratch(version)] });
const Make = activity({
  ...step,
  name: "Make",
  per: "platform",
  produces: ({ version, platform }) => [scratch(`${version}/${platform}`)],
});
const Use = activity({
  ...step,
  name: "Use",
  per: "version",
  runsWhen: "predecessors-succeeded",
  publishes: ({ version }) => [downloads(version)],
  shouldRun: async ({ platforms, status }) => {
    const found = await Promise.all(platforms.map((platform) => status(Make, platform)));
    return found.includes("succeeded") ? undefined : { run: false, reason: "nothing is made" };
  },
});
const pipeline = definePipeline({
  name: "small",
  summary: "Lists of platforms of its own",
  platforms: listedPlatforms({ url: (version) => `s3://small-scratch/lists/${version}` }),
  flow: forEachVersion(
    Fetch,
    forEachPlatform(Make),
    approval({ name: "Approve", summary: "Whether it goes out" }),
    Use,
  ),
  image: "/image",
  dummyScript: "dummy.sh",
  invalidates: [],
});
const input: BuildInput = { versions: ["1.2.3", "1.2.4"], platforms: [], activities: [], debug: "" };

test("what runs, is left out, waits for a person or cannot be known has a line each, and each fact stands once", async () => {
  await using base = await stageForTests();
  const { s3 } = base.clients;
  const { buckets } = base.description;
  for (const Bucket of Object.values(buckets)) await s3.send(new CreateBucketCommand({ Bucket }));
  const list = { Key: "lists/1.2.3", Body: "debian-12-bookworm\ndebian-13-trixie" };
  await s3.send(new PutObjectCommand({ Bucket: buckets.scratch, ...list }));
  await s3.send(new PutObjectCommand({ Bucket: buckets.scratch, Key: "1.2.4", Body: "x" }));
  const plan = await planBuild(input, { pipeline, stage: base.description, s3 });
  const steps = plan.tasks.map((planned) => planned.step);
  const approvals = planApprovals(input, { pipeline, steps });
  const print = { style: (_: unknown, text: string) => text };
  expect(formatTable(planRows(plan, { approvals, print }))).toEqual([
    "run   Fetch                   1.2.3                      s3://small-scratch/1.2.3 does not exist",
    "run   Make                    1.2.3  debian-12-bookworm  s3://small-scratch/1.2.3/debian-12-bookworm does not exist",
    "run   Make                    1.2.3  debian-13-trixie    s3://small-scratch/1.2.3/debian-13-trixie does not exist",
    "run   Use                     1.2.3                      after Make ×2, if nothing before it fails",
    "skip  Fetch                   1.2.4                      s3://small-scratch/1.2.4 exists",
    "?     GetPlatformsForVersion  1.2.4                      there is nothing at s3://small-scratch/lists/1.2.4 (check the version)",
    "?     Make                    1.2.4                      its platforms are not known",
    "?     Use                     1.2.4                      its platforms are not known",
    "ask   Approve                 1.2.3                      before Use",
  ]);
});
