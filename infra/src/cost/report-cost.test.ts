import {
  activity,
  definePipeline,
  fixedPlatforms,
  forEachPlatform,
  forEachVersion,
  minutes,
  sequence,
} from "@muster/pipeline";
import { expect, test } from "vitest";
import { bare, everything, stage, type usual } from "../../testing/sample-stages.ts";
import { loadSample, synthStage } from "../../testing/synth-stage.ts";
import { idleCost } from "./idle-cost.ts";
import { PRICES } from "./price-table.ts";
import { costLines, stageCost } from "./report-cost.ts";

const idle = async (definition: ReturnType<typeof usual>) =>
  Object.fromEntries(
    idleCost(await synthStage(stage("test", definition))).map(({ what, count, dollarsPerMonth }) => [
      what,
      [count, Number(dollarsPerMonth.toFixed(2))],
    ]),
  );

test("an idle stage costs what its stack has, by the price list", async () => {
  expect(await idle(bare("muster"))).toEqual({
    dashboard: [1, 3],
    "metric of the reaper": [1, 0.3],
    "parameter beyond 4 KB, at most": [1, 0.05],
    "look of the reaper, every 10 minutes": [4380, 0.18],
  });
  expect(await idle({ ...bare("muster"), functionArchitecture: "x86_64" })).toMatchObject({
    "look of the reaper, every 10 minutes": [4380, 0.22],
  });
  expect(await idle(everything("hhvm"))).toMatchObject({
    "NAT gateway": [1, 32.85],
    "public address": [1, 3.65],
    "KMS key": [2, 2],
    secret: [2, 0.8],
    "metric of an alarm": [expect.any(Number), expect.any(Number)],
  });
});

test("every type of resource that costs something though nothing is built is counted", async () => {
  // By AWS's price lists; all others of a stage cost by use, or nothing.
  const billed =
    /^aws_(eip|nat_gateway|kms_key|secretsmanager_secret$|cloudwatch_(dashboard|metric_alarm)|ssm_parameter|db_|instance$|lb$|ebs_volume|route53_zone|vpc_endpoint$)/;
  const { resource } = await synthStage(stage("test", everything("hhvm")));
  const types = Object.keys(resource).filter((type) => billed.test(type));
  expect(types.sort()).toEqual([
    ...["aws_cloudwatch_dashboard", "aws_cloudwatch_metric_alarm", "aws_eip", "aws_kms_key", "aws_nat_gateway"],
    ...["aws_secretsmanager_secret", "aws_ssm_parameter", "aws_vpc_endpoint"],
  ]);
  const endpoints = Object.values(resource.aws_vpc_endpoint ?? {});
  expect(endpoints.map(({ vpc_endpoint_type = "Gateway" }) => vpc_endpoint_type)).toEqual(["Gateway"]);
});

const worker = { instanceTypes: ["t3.micro"], pricePerHour: 1, rootVolumeGb: 730 } as const;
const make = (timed: boolean, instanceTypes: [string, ...string[]] = ["t3.micro"]) => {
  const duration = timed ? { estimatedDuration: minutes(50) } : {};
  const per = { script: "make.sh", timeout: minutes(110), ...duration };
  const machine = instanceTypes[0] === "t3.micro" ? worker : { instanceTypes };
  return definePipeline({
    name: "mine",
    summary: "Mine",
    platforms: fixedPlatforms("debian-12-bookworm", "debian-13-trixie"),
    image: "/image",
    dummyScript: "dummy.sh",
    invalidates: [],
    flow: forEachVersion(
      sequence(
        activity({ name: "Fetch", per: "version", worker: machine, ...per }),
        forEachPlatform(activity({ name: "Compile", per: "platform", worker: machine, ...per })),
      ),
    ),
  });
};
// Of a machine, with 730 GB and an address: an hour is 50 minutes and the ten of the wait.
const hour = 1 + PRICES.volumeGbMonth.dollars + PRICES.publicAddressHour.dollars;

test("a build costs each step of its version, and those of platforms for each, as long as they are said to take", async () => {
  const { stack, made } = await loadSample(stage("prod", bare("muster")));
  const { build } = stageCost(made, make(true), stack);
  expect(build).toMatchObject({ platforms: 2, dollars: 3 * hour, mostDollars: 6 * hour });
  expect(costLines(stageCost({ ...made, region: "eu-west-1" }, make(true), stack)).join("\n")).toMatchInlineSnapshot(`
    "prod: idle about $3.53 a month, a build of one version on 2 platforms about $3.25

    A month without builds
      $3.00  dashboard
      $0.30  metric of the reaper
      $0.05  parameter beyond 4 KB, at most
      $0.18  look of the reaper, every 10 minutes: 4380 of $0.000040

    One task, on a worker of its own that waits ten minutes for another, on demand
      $1.08  Fetch    a version   t3.micro, $1.08 an hour  50 min
      $1.08  Compile  a platform  t3.micro, $1.08 an hour  50 min

    By list prices of us-west-2 of November 2026; eu-west-1 has prices of its own.
    Not in it:
      what is stored: artifacts, logs, images, snapshots
      what leaves AWS: downloads through CloudFront or S3, pulls through a NAT gateway
      requests and transitions: Step Functions, Lambda in builds, S3, KMS, CloudFront, X-Ray; cents a build
      metrics of builds, 30 cents each for a whole month and less by the hour
      a KMS key of yours, a hosted zone, a registry, and whatever else the stage finds and does not make
      taxes, free tiers, discounts; on spot capacity machines cost less, as a rule by more than half"
  `);
});

test("of steps of unknown time the most is said, and of machines of unknown price nothing", async () => {
  const { stack, made } = await loadSample(stage("prod", bare("muster")));
  const [unknownTime = ""] = costLines(stageCost(made, make(false), stack));
  expect(unknownTime).toBe(
    "prod: idle about $3.53 a month, a build of one version on 2 platforms at most $6.51, if each task takes all its time",
  );
  const unpriced = stageCost(made, make(true, ["quantum1.large"]), stack);
  expect(unpriced.build).toMatchObject({ dollars: null, mostDollars: null });
  expect(costLines(unpriced)[0]).toMatch(/platforms unknown: a machine has no known price$/);
});
