import { functionNames } from "@muster/pipeline";
import { beforeAll, describe, expect, test } from "vitest";
import { isAbout, stageTemplate } from "../testing/bootstrap-template.ts";
import type { Values } from "../testing/cloud-formation.ts";
import { type DeployedStage, deployed, distinct, type IamRequest, INSTANCE } from "../testing/iam-requests.ts";
import { oneOfEachShape } from "../testing/request-shapes.ts";
import { roleRequests, roles } from "../testing/role-requests.ts";
import { ENCRYPTION_KEY, everything, stage, usual } from "../testing/sample-stages.ts";
import { decide, statementsOf } from "../testing/simulate.ts";
import { loadSample } from "../testing/synth-stage.ts";

/** What the boundary alone makes of a request. */
const within = (stageName: string, parameters: Values = {}) => {
  const { boundary } = stageTemplate(stageName, parameters);
  return (request: IamRequest) =>
    decide({ statements: boundary.filter((each) => isAbout(each, request.action)), request });
};

/** What AWS puts into the credentials of functions and machines, by the role; nothing into those of its own services. */
function source(role: string, { names }: DeployedStage): Readonly<Record<string, string>> {
  const name = functionNames.find((each) => each === role);
  if (name !== undefined) return { "lambda:SourceFunctionArn": names.arn("lambda", `function:${names.lambda(name)}`) };
  return role.endsWith("_worker") ? { "ec2:SourceInstanceARN": names.arn("ec2", `instance/${INSTANCE}`) } : {};
}

/** A distribution has the tags of everything that a stage makes, and a machine that tags itself those of its birth. */
const taggedByThen = ({ action, context }: IamRequest): boolean =>
  action === "cloudfront:CreateInvalidation" ||
  (action === "ec2:CreateTags" && context?.["ec2:CreateAction"] === undefined);

const sourced = (role: string, at: DeployedStage): IamRequest[] =>
  roleRequests(role, at).map((request) => ({
    ...request,
    context: {
      ...(taggedByThen(request) && { "aws:ResourceTag/muster:stage": at.stage.name }),
      // What Lambda itself writes for a function does not come from its code.
      ...(!/^(logs|xray):/.test(request.action) && source(role, at)),
      ...request.context,
    },
  }));

describe.each([
  {
    name: "hhvm",
    pipeline: "hhvm",
    definition: everything("hhvm"),
    parameters: { Buckets: ["hhvm-nodist"], EncryptionKey: ENCRYPTION_KEY },
  },
  { name: "canary", pipeline: "muster", definition: usual("muster"), parameters: {} },
])("stage $name of $pipeline", ({ name, definition, parameters }) => {
  let at: DeployedStage;
  beforeAll(async () => {
    const { pipeline, stack, made } = await loadSample(stage(name, definition));
    at = deployed(made, pipeline, stack);
  });

  test("every call of every role is within the boundary", async () => {
    const ask = within(name, parameters);
    const refused: string[] = [];
    const requests = roles(at).flatMap((role) => sourced(role, at));
    const asked = oneOfEachShape(requests, name);
    expect(asked.length).toBeGreaterThan(50);
    for (const request of asked)
      if ((await ask(request)) !== "Allowed") refused.push(`${request.action} ${request.resource}`);
    expect(refused).toEqual([]);
  });

  test("whoever else takes a role has no object, secret, key, queue or machine by it", async () => {
    const ask = within(name, parameters);
    const ofServices = /^(lambda:InvokeFunction|states:(Start|Describe|Stop)Execution|logs:|xray:)/;
    const calls = distinct(roles(at).flatMap((role) => roleRequests(role, at))).filter(
      ({ action, resource }) => !ofServices.test(action) && !resource.includes("/map-runs/"),
    );
    const actions = new Map(
      calls.map(({ context = {}, ...request }) => {
        const { "ec2:SourceInstanceARN": _, "aws:ViaAWSService": __, ...outside } = context;
        return [request.action, { ...request, context: outside }];
      }),
    );
    expect(actions.size).toBeGreaterThan(20);
    for (const [action, request] of actions) expect(await ask(request), action).toBe("ExplicitlyDenied");
  });
});

test("what no role of a stage asks for is not in its boundary", async () => {
  const asked = new Set<string>();
  for (const made of [stage("hhvm", everything("hhvm")), stage("canary", usual("muster"))]) {
    const { pipeline, stack } = await loadSample(made);
    for (const role of roles(deployed(made, pipeline, stack)))
      for (const action of statementsOf(stack, role).flatMap(({ Action }) => Action)) asked.add(action);
  }
  const allowed = stageTemplate("hhvm", { EncryptionKey: ENCRYPTION_KEY }).boundary.filter(
    ({ Effect }) => Effect === "Allow",
  );
  expect(new Set(allowed.flatMap(({ Action = [] }) => Action))).toEqual(asked);
});

describe("the boundary of one stage", () => {
  const region = "us-west-2:111122223333";
  const key = `arn:aws:kms:${region}:key/0a1b2c3d-0000-4000-8000-000000000000`;
  const context = { "lambda:SourceFunctionArn": `arn:aws:lambda:${region}:function:hhvm-repair` };
  const staging = { "aws:ResourceTag/muster:stage": "staging" };

  test("has nothing of another's, nor of anybody else's", async () => {
    const ask = within("hhvm");
    for (const [action, resource, more] of [
      ["secretsmanager:GetSecretValue", `arn:aws:secretsmanager:${region}:secret:staging-muster/token-AbCdEf`],
      ["secretsmanager:GetSecretValue", `arn:aws:secretsmanager:${region}:secret:payroll-AbCdEf`],
      ["s3:GetObject", "arn:aws:s3:::staging-muster-downloads-111122223333/x"],
      ["s3:PutObject", "arn:aws:s3:::payroll/2026/11.csv"],
      ["s3:GetObject", "arn:aws:s3:::muster-terraform-state-111122223333/muster/hhvm.tfstate"],
      ["kms:Decrypt", key, { "kms:ResourceAliases": ["alias/payroll"] }],
      ["kms:Decrypt", key, { "kms:ResourceAliases": ["alias/staging-muster-signing-key"] }],
      ["kms:Decrypt", key],
      ["lambda:InvokeFunction", `arn:aws:lambda:${region}:function:payroll`],
      ["states:StartExecution", `arn:aws:states:${region}:stateMachine:staging-muster-build`],
      ["states:GetActivityTask", `arn:aws:states:${region}:activity:staging-muster-make`],
      ["ec2:TerminateInstances", `arn:aws:ec2:${region}:instance/i-0123456789abcdef0`, staging],
      ["ec2:TerminateInstances", `arn:aws:ec2:${region}:instance/i-0123456789abcdef0`],
      ["ec2:CreateTags", `arn:aws:ec2:${region}:security-group/sg-0123456789abcdef0`],
      ["ecr:PutImage", `arn:aws:ecr:${region}:repository/payroll`],
      ["sns:Publish", `arn:aws:sns:${region}:payroll`],
      ["iam:PassRole", "arn:aws:iam::111122223333:role/admin", { "iam:PassedToService": "ec2.amazonaws.com" }],
      ["iam:CreateRole", "arn:aws:iam::111122223333:role/muster/hhvm-new"],
      ["ssm:GetParameters", `arn:aws:ssm:${region}:parameter/muster/staging/description`],
      ["kms:Decrypt", ENCRYPTION_KEY, { "kms:ViaService": "s3.us-west-2.amazonaws.com" }],
    ] as const)
      expect(await ask({ action, resource, context: { ...context, ...more } }), `${action} ${resource}`).not.toBe(
        "Allowed",
      );
  });

  test("has what its parameters name besides", async () => {
    const ask = within("hhvm", {
      Buckets: ["hhvm-nodist", "mirror"],
      EncryptionKey: ENCRYPTION_KEY,
      Images: ["builds", "failures"],
      ImageParameters: ["muster/images/debian"],
      Keys: ["release-key"],
      Secrets: ["release/token", "docker"],
      Topics: [`arn:aws:sns:${region}:releases`],
    });
    for (const [action, resource, more] of [
      ["s3:PutObject", "arn:aws:s3:::mirror/x"],
      ["s3:ListBucket", "arn:aws:s3:::hhvm-nodist"],
      ["sns:Publish", `arn:aws:sns:${region}:releases`],
      ["ecr:PutImage", `arn:aws:ecr:${region}:repository/failures`],
      ["ssm:GetParameters", `arn:aws:ssm:${region}:parameter/muster/images/debian`],
      ["kms:Decrypt", key, { "kms:ResourceAliases": ["alias/release-key"] }],
      ["kms:Decrypt", key, { "kms:ResourceAliases": ["alias/hhvm-signing-key"] }],
      ["secretsmanager:GetSecretValue", `arn:aws:secretsmanager:${region}:secret:release/token-AbCdEf`],
      ["secretsmanager:GetSecretValue", `arn:aws:secretsmanager:${region}:secret:docker-AbCdEf`],
    ] as const)
      expect(await ask({ action, resource, context: { ...context, ...more } }), `${action} ${resource}`).toBe(
        "Allowed",
      );
  });

  test("has the encryption key through S3 and EC2 alone, and lends it to AWS's resources alone", async () => {
    const ask = within("hhvm", { EncryptionKey: ENCRYPTION_KEY });
    const other = ENCRYPTION_KEY.replace("5f60", "6f60");
    const s3 = { "kms:ViaService": "s3.us-west-2.amazonaws.com" };
    const ec2 = { "kms:ViaService": "ec2.us-west-2.amazonaws.com" };
    const lent = { "kms:GrantIsForAWSResource": "true" };
    for (const [action, resource, more, answer] of [
      ["kms:Decrypt", ENCRYPTION_KEY, s3, "Allowed"],
      ["kms:GenerateDataKey", ENCRYPTION_KEY, s3, "Allowed"],
      ["kms:CreateGrant", ENCRYPTION_KEY, { ...ec2, ...lent }, "Allowed"],
      ["kms:Decrypt", ENCRYPTION_KEY, {}, "ImplicitlyDenied"],
      ["kms:GenerateDataKey", ENCRYPTION_KEY, ec2, "ImplicitlyDenied"],
      ["kms:GenerateDataKey", ENCRYPTION_KEY, {}, "ImplicitlyDenied"],
      ["kms:CreateGrant", ENCRYPTION_KEY, ec2, "ImplicitlyDenied"],
      ["kms:CreateGrant", ENCRYPTION_KEY, lent, "ImplicitlyDenied"],
      ["kms:Encrypt", ENCRYPTION_KEY, s3, "ImplicitlyDenied"],
      ["kms:PutKeyPolicy", ENCRYPTION_KEY, {}, "ImplicitlyDenied"],
      ["kms:Decrypt", other, s3, "ImplicitlyDenied"],
    ] as const)
      expect(
        await ask({ action, resource, context: { ...context, ...more } }),
        `${action} ${JSON.stringify(more)}`,
      ).toBe(answer);
  });
});
