import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { ref } from "../testing/references.ts";
import { everything, stage } from "../testing/sample-stages.ts";
import { decide, statementsOf } from "../testing/simulate.ts";
import { synthStage } from "../testing/synth-stage.ts";
import type { Statement } from "./iam/policy.ts";

interface Template {
  readonly Resources: Readonly<
    Record<string, { Type: string; Properties: Record<string, unknown>; DeletionPolicy?: string }>
  >;
}
const ACCOUNT = "111122223333";
const boundaryArn = `arn:aws:iam::${ACCOUNT}:policy/muster-boundary`;

/** The template as CloudFormation would make it, as far as its functions go. */
function resolve(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(resolve);
  if (typeof value !== "object" || value === null) return value;
  const entries = value as Record<string, unknown>;
  if (typeof entries["Fn::Sub"] === "string") {
    return entries["Fn::Sub"]
      .replaceAll(ref("AWS::AccountId"), ACCOUNT)
      .replaceAll(ref("AWS::Partition"), "aws")
      .replaceAll(ref("Repository"), "owner/name")
      .replaceAll(ref("StateBucket.Arn"), `arn:aws:s3:::muster-terraform-state-${ACCOUNT}`);
  }
  if (entries.Ref === "Boundary") return boundaryArn;
  if (entries["Fn::GetAtt"]) return `arn:aws:s3:::muster-terraform-state-${ACCOUNT}`;
  return Object.fromEntries(Object.entries(entries).map(([key, item]) => [key, resolve(item)]));
}

let template: Template;
beforeAll(() => {
  template = resolve(parse(readFileSync(join(import.meta.dirname, "../bootstrap/bootstrap.yaml"), "utf8"))) as Template;
});

const asList = (value: unknown): string[] => [value].flat() as string[];
const statements = (document: unknown): Statement[] =>
  (document as { Statement: Record<string, unknown>[] }).Statement.map(
    (each) => ({ ...each, Action: asList(each.Action), Resource: asList(each.Resource) }) as unknown as Statement,
  );
const properties = (name: string) => template.Resources[name]?.Properties ?? {};
const policiesOf = (role: string) =>
  (properties(role).Policies as { PolicyDocument: unknown }[]).flatMap(({ PolicyDocument }) =>
    statements(PolicyDocument),
  );
const trust = (role: string) =>
  statements({
    Statement: (properties(role).AssumeRolePolicyDocument as { Statement: object[] }).Statement.map((each) => ({
      ...each,
      Resource: [],
    })),
  });

test("every action of every role of a stage is within the boundary", async () => {
  const stack = await synthStage(stage("test", everything("hhvm")));
  const [work, pass] = statements(properties("Boundary").PolicyDocument);
  const within = new Set([...(work?.Action ?? []), ...(pass?.Action ?? [])]);
  const ids = Object.keys(stack.resource.aws_iam_role_policy ?? {}).map((id) => id.replace(/_policy$/, ""));
  const actions = new Set(ids.flatMap((id) => statementsOf(stack, id).flatMap(({ Action }) => Action)));
  expect([...actions].filter((action) => !within.has(action))).toEqual([]);
  expect(
    [...within].filter((action) => !actions.has(action)),
    "what no role asks for is not in the boundary",
  ).toEqual([]);
});

test("workflows take roles by their repository's identity alone, and deploy from an environment alone", () => {
  const [plan] = trust("PlanRole");
  expect(plan?.Condition).toEqual({
    StringEquals: {
      "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
      "token.actions.githubusercontent.com:sub": [
        "repo:owner/name:pull_request",
        "repo:owner/name:ref:refs/heads/main",
      ],
    },
  });
  const [deploy] = trust("DeployRole");
  expect(deploy?.Condition?.StringLike).toEqual({
    "token.actions.githubusercontent.com:sub": "repo:owner/name:environment:*",
  });
});

const role = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;

test("a deployment makes roles within the boundary only, and changes neither itself nor the boundary", async () => {
  const own = policiesOf("DeployRole");
  const ask = (action: string, resource: string, context: Record<string, string> = {}) =>
    decide({ statements: own, request: { action, resource, context } });
  expect(await ask("iam:CreateRole", role("x"), { "iam:PermissionsBoundary": boundaryArn })).toBe("Allowed");
  expect(await ask("iam:CreateRole", role("x"))).toBe("ImplicitlyDenied");
  expect(
    await ask("iam:PutRolePolicy", role("x"), {
      "iam:PermissionsBoundary": "arn:aws:iam::aws:policy/AdministratorAccess",
    }),
  ).toBe("ImplicitlyDenied");
  expect(await ask("iam:AttachRolePolicy", role("x"))).toBe("ImplicitlyDenied");
  expect(await ask("iam:DeleteRolePermissionsBoundary", role("x"))).toBe("ImplicitlyDenied");
  expect(await ask("iam:UpdateAssumeRolePolicy", role("muster-deploy"))).toBe("ExplicitlyDenied");
  expect(await ask("iam:CreatePolicyVersion", boundaryArn)).toBe("ExplicitlyDenied");
});

test("a plan keeps itself in the state's bucket, and reads no token, secret or log", async () => {
  const reads: Statement = {
    Sid: "ReadOnlyAccess",
    Effect: "Allow",
    Action: ["s3:Get*", "states:Get*", "logs:Get*", "secretsmanager:Get*"],
    Resource: ["*"],
  };
  const own = [reads, ...policiesOf("PlanRole")];
  const ask = (action: string, resource: string) => decide({ statements: own, request: { action, resource } });
  const bucket = `arn:aws:s3:::muster-terraform-state-${ACCOUNT}`;
  expect(await ask("s3:PutObject", `${bucket}/plans/prod/1.tfplan`)).toBe("Allowed");
  expect(await ask("s3:PutObject", `${bucket}/muster/prod.tfstate`)).toBe("ImplicitlyDenied");
  expect(await ask("s3:GetObject", `arn:aws:s3:::hhvm-state-${ACCOUNT}/claims/A/i-1.json`)).toBe("ExplicitlyDenied");
  expect(await ask("states:GetExecutionHistory", `arn:aws:states:us-west-2:${ACCOUNT}:execution:hhvm-build:x`)).toBe(
    "ExplicitlyDenied",
  );
  expect(
    await ask("secretsmanager:GetSecretValue", `arn:aws:secretsmanager:us-west-2:${ACCOUNT}:secret:hhvm/git-AbCdEf`),
  ).toBe("ExplicitlyDenied");
});

test("Terraform's state is encrypted, versioned, private, and outlives the bootstrap's stack", () => {
  expect(template.Resources.StateBucket).toMatchObject({
    DeletionPolicy: "Retain",
    Properties: {
      VersioningConfiguration: { Status: "Enabled" },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    },
  });
  expect(JSON.stringify(properties("StateBucket").BucketEncryption)).toContain("aws:kms");
});
