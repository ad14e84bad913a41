import { expect, test } from "vitest";
import { usual } from "../testing/sample-stages.ts";
import { defineStages, stageNamed } from "./define-stages.ts";
import type { StageDefinition } from "./stage-settings.ts";

const good = usual("muster");
const problemOf = (definition: object, name = "prod"): string => {
  try {
    defineStages({ [name]: definition as StageDefinition });
  } catch (error) {
    return (error as Error).message;
  }
  return "";
};

const ownNetwork = (cidr: string) => ({ network: { kind: "own", zones: ["us-west-2a"], cidr } });
const scheduled = (expression: string) => ({ schedules: [{ name: "a", expression }] });
const boundaryOf = (account: string) => ({ permissionsBoundary: `arn:aws:iam::${account}:policy/muster-boundary` });

test("a stage needs little: where it is, and what it runs", () => {
  const [stage] = defineStages({
    prod: {
      pipeline: "muster",
      account: "111122223333",
      region: "us-west-2",
      network: { kind: "own", zones: ["us-west-2a"] },
    },
  });
  expect(stage).toMatchObject({
    name: "prod",
    network: { cidr: "10.80.0.0/20", egress: "public-addresses" },
    retention: { logDays: 90, scratchDays: 90, replacedDays: 30 },
    spot: "as-declared",
    functionArchitecture: "arm64",
    tracing: true,
    edge: { priceClass: "PriceClass_All" },
    disposable: false,
  });
});

test("in one account, deployments of one stage have no names of another's", () => {
  const bounded = (name: string, account = "111122223333") => ({
    ...good,
    account,
    permissionsBoundary: `arn:aws:iam::${account}:policy/muster-boundary-${name}`,
  });
  expect(() => defineStages({ prod: bounded("prod"), "prod-eu": bounded("prod-eu") })).toThrow(
    "prod-eu: in one account no stage's name begins with another's and a dash, like that of prod",
  );
  expect(defineStages({ prod: bounded("prod"), production: bounded("production") })).toHaveLength(2);
  expect(defineStages({ prod: bounded("prod"), "prod-eu": bounded("prod-eu", "444455556666") })).toHaveLength(2);
  // Without a boundary of its own there is no role that deploys the stage alone.
  expect(defineStages({ prod: good, "prod-eu": good })).toHaveLength(2);
});

test.each<[what: string, change: object, says: string]>([
  ["a missing account", { account: undefined }, "prod.account: "],
  ["an account of eleven digits", { account: "11112222333" }, "prod.account: must be the 12 digits of an AWS account"],
  ["an account as a number", { account: 111122223333 }, "prod.account: "],
  ["a malformed region", { region: "Oregon" }, "prod.region: must be an AWS region, like us-west-2"],
  [
    "a region that there is not",
    { region: "us-wets-2" },
    "prod.region: us-wets-2 is no AWS region; did you mean us-west-2?",
  ],
  [
    "a region of a number too high",
    { region: "eu-north-2" },
    "prod.region: eu-north-2 is no AWS region; did you mean eu-north-1?",
  ],
  [
    "a state's region that there is not",
    { state: { bucket: "state", region: "us-east1" } },
    "prod.state.region: us-east1 is no AWS region; did you mean us-east-1?",
  ],
  [
    "a zone of another region",
    { network: { kind: "own", zones: ["eu-west-1a"] } },
    "prod.network.zones.0: eu-west-1a is not in us-west-2",
  ],
  [
    "two subnets in one zone, which EC2 Fleet does not take",
    {
      network: {
        kind: "existing",
        vpcId: "vpc-0a1b2c3d",
        publicAddresses: false,
        subnets: ["subnet-0a1b2c3d", "subnet-0a1b2c3e"].map((id) => ({ id, zone: "us-west-2a" })),
      },
    },
    "prod.network.subnets.1.zone: us-west-2a is there twice",
  ],
  ["a setting that there is none of", { acount: "111122223333" }, "acount"],
  [
    "a certificate outside us-east-1",
    {
      edge: { domain: { name: "dl.example.org", certificateArn: "arn:aws:acm:us-west-2:111122223333:certificate/x" } },
    },
    "prod.edge.domain.certificateArn: must be the ARN of a certificate in us-east-1",
  ],
  ["an address that is none", { alarms: { emails: ["nobody"] } }, "prod.alarms.emails.0: "],
  [
    "a schedule that is none",
    { schedules: [{ name: "nightly", expression: "daily" }] },
    "prod.schedules.0.expression: must be cron(…) of six fields",
  ],
  ["China", { region: "cn-north-1" }, "prod.region: cn-north-1 is outside AWS's commercial regions, where"],
  ["the European cloud", { region: "eusc-de-east-1" }, "prod.region: eusc-de-east-1 is outside AWS's commercial"],
  ["GovCloud", { region: "us-gov-west-1" }, "prod.region: us-gov-west-1 is outside AWS's commercial regions, where"],
  [
    "a certificate of another account",
    {
      edge: {
        domain: { name: "dl.example.org", certificateArn: "arn:aws:acm:us-east-1:444455556666:certificate/0a1b" },
      },
    },
    "prod.edge.domain.certificateArn: is not of the account 111122223333",
  ],
  [
    "a bucket that CloudFront cannot read",
    { buckets: { downloads: "dl.example.org" } },
    "prod.buckets.downloads: has a dot, and CloudFront cannot read such a bucket by TLS: edge: null",
  ],
  ["a bucket's name with two dots", { buckets: { scratch: "a..b" } }, "prod.buckets.scratch: "],
  ["an address for a bucket", { buckets: { scratch: "192.168.5.4" } }, "prod.buckets.scratch: "],
  ["a bucket's name that S3 keeps", { buckets: { scratch: "builds-s3alias" } }, "prod.buckets.scratch: "],
  [
    "a time zone by its offset",
    { schedules: [{ name: "a", expression: "rate(12 hours)", timeZone: "+01:00" }] },
    "prod.schedules.0.timeZone: must be a time zone, like Europe/Berlin",
  ],
  [
    "a time zone in another case",
    { schedules: [{ name: "a", expression: "rate(12 hours)", timeZone: "europe/berlin" }] },
    "prod.schedules.0.timeZone: must be a time zone, like Europe/Berlin",
  ],
  [
    "words longer than a schedule's description",
    { schedules: [{ name: "a", expression: "rate(12 hours)", input: "1.2.3 ".repeat(90) }] },
    "prod.schedules.0.input: must have at most 480 characters",
  ],
  ["a minute that there is not", scheduled("cron(75 5 * * ? *)"), "prod.schedules.0.expression: 75 is no minute"],
  ["an hour that there is not", scheduled("cron(0 24 * * ? *)"), "prod.schedules.0.expression: 24 is no hour"],
  ["a month that there is not", scheduled("cron(0 5 1 13 ? *)"), "prod.schedules.0.expression: 13 is no month"],
  [
    "a day of the week that there is not",
    scheduled("cron(0 5 ? * 0 *)"),
    "prod.schedules.0.expression: 0 is no day of the week",
  ],
  ["a key's alias", { encryptionKey: "alias/releases" }, "prod.encryptionKey: must be a key's ARN, like"],
  [
    "a key of another region",
    { encryptionKey: "arn:aws:kms:eu-west-1:111122223333:key/5f60718a-0000-4000-8000-000000000000" },
    "prod.encryptionKey: is not of the account 111122223333 in us-west-2",
  ],
  ["an address range that is none", ownNetwork("999.1.1.1/20"), "prod.network.cidr: must be an IPv4 range"],
  ["a range that begins within itself", ownNetwork("10.80.3.7/20"), "prod.network.cidr: must be an IPv4 range"],
  [
    "a state's key that plans do not find",
    { state: { bucket: "b-b", key: "foo" } },
    "prod.state.key: must end in .tfstate",
  ],
  [
    "another account's boundary",
    boundaryOf("999999999999"),
    "prod.permissionsBoundary: is not of the account 111122223333",
  ],
  [
    "two schedules of one name",
    { schedules: ["rate(1 day)", "rate(2 days)"].map((expression) => ({ name: "a", expression })) },
    "prod.schedules.1.name: a is there twice",
  ],
  ["a cron of one word", scheduled("cron(banana)"), "prod.schedules.0.expression: must be cron(…) of six fields"],
  [
    "a cron of days and weekdays",
    scheduled("cron(0 3 1 * SUN *)"),
    "prod.schedules.0.expression: must be cron(…) of six",
  ],
  ["a rate without a unit", scheduled("rate(5)"), "prod.schedules.0.expression: must be cron(…) of six fields"],
  [
    "a time zone that there is none of",
    { schedules: [{ name: "a", expression: "rate(1 day)", timeZone: "Mars/Olympus" }] },
    "prod.schedules.0.timeZone: must be a time zone, like Europe/Berlin",
  ],
  [
    "an address that is there twice",
    { alarms: { emails: ["a@x.org", "a@x.org"] } },
    "prod.alarms.emails.1: a@x.org is there twice",
  ],
  [
    "eleven addresses of a budget",
    { budget: { monthlyUsd: 10, emails: Array.from({ length: 11 }, (_, index) => `a${index}@x.org`) } },
    "prod.budget.emails: AWS Budgets tells at most ten addresses",
  ],
  ["a tag's key with a blank", { tags: { "cost center": "42" } }, "prod.tags.cost center: must be letters, digits and"],
  [
    "a tag's key with a slash",
    { tags: { "kubernetes.io/owner": "x" } },
    "prod.tags.kubernetes.io/owner: must be letters",
  ],
  ["a tag's key of AWS's", { tags: { "AWS:x": "1" } }, "prod.tags.AWS:x: begins with aws:, which is AWS's"],
  ["a tag's key of Muster's", { tags: { "muster:stage": "x" } }, "prod.tags.muster:stage: begins with muster:, which"],
  ["a tag's value that AWS refuses", { tags: { team: "a;b" } }, "prod.tags.team: must be up to 256 letters"],
  [
    "nine tags, of which an object in S3 takes eight beside Muster's",
    { tags: Object.fromEntries([..."abcdefghi"].map((key) => [key, "x"])) },
    "prod.tags: at most eight",
  ],
])("%s is refused by one line that names it", (_, change, says) => {
  const problem = problemOf({ ...good, ...change });
  expect(problem).toContain(says);
  expect(problem).not.toContain("\n");
});

test.each([
  "rate(1 minute)",
  "rate(12 hours)",
  "cron(30 5 * * ? *)",
  "cron(0/15 8-18 ? * MON-FRI 2027)",
  "cron(0 0 L * ? *)",
])("a schedule may be %s", (expression) => {
  expect(problemOf({ ...good, ...scheduled(expression) })).toBe("");
});

test("names of stages fit into those of roles, and local is this machine", () => {
  expect(problemOf(good, "a".repeat(31))).toContain("cannot be a stage's name");
  expect(problemOf(good, "Prod")).toContain("cannot be a stage's name");
  expect(problemOf(good, "local")).toContain("cannot be a stage's name");
  expect(problemOf(good, "a".repeat(30))).toBe("");
});

test("all that is wrong is said at once", () => {
  expect(problemOf({ ...good, account: "1", region: "mars" })).toMatch(
    /^prod\.account: .* \(and 5 more: prod\.region: /,
  );
});

test("a stage that does not exist is refused with those that do", () => {
  const stages = defineStages({ prod: good, staging: good });
  expect(() => stageNamed(stages, "prd")).toThrow(
    expect.objectContaining({ message: 'there is no stage "prd"', hint: "stages.ts has prod, staging" }),
  );
});
