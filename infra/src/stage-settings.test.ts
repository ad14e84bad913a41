import { expect, test } from "vitest";
import { usual } from "../testing/sample-stages.ts";
import { defineStages, type StageDefinition, stageNamed } from "./stage-settings.ts";

const good = usual("muster");
const problemOf = (definition: object, name = "prod"): string => {
  try {
    defineStages({ [name]: definition as StageDefinition });
  } catch (error) {
    return (error as Error).message;
  }
  return "";
};

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
    tracing: true,
    edge: { priceClass: "PriceClass_All" },
    disposable: false,
  });
});

test.each<[what: string, change: object, says: string]>([
  ["a missing account", { account: undefined }, "prod.account: "],
  ["an account of eleven digits", { account: "11112222333" }, "prod.account: must be the 12 digits of an AWS account"],
  ["an account as a number", { account: 111122223333 }, "prod.account: "],
  ["a malformed region", { region: "us-west" }, "prod.region: must be an AWS region, like us-west-2"],
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
    "prod.schedules.0.expression: must be cron(…) or rate(…)",
  ],
])("%s is refused by one line that names it", (_, change, says) => {
  const problem = problemOf({ ...good, ...change });
  expect(problem).toContain(says);
  expect(problem).not.toContain("\n");
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
    expect.objectContaining({ message: 'there is no stage "prd"', hint: "infra/stages.ts has prod, staging" }),
  );
});
