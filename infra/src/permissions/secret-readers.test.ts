import { beforeAll, expect, test } from "vitest";
import { type DeployedStage, deployed } from "../../testing/iam-requests.ts";
import { stage, usual } from "../../testing/sample-stages.ts";
import { decide } from "../../testing/simulate.ts";
import { loadSample } from "../../testing/synth-stage.ts";
import { resourcePolicy, whoMay } from "../../testing/who-may.ts";
import type { Statement } from "../iam/policy.ts";

let at: DeployedStage;
beforeAll(async () => {
  const { pipeline, stack, made } = await loadSample(stage("test", usual("hhvm")));
  at = deployed(made, pipeline, stack);
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
    const policy = resourcePolicy(at, "aws_secretsmanager_secret_policy", `${id}_policy`);
    const readers = await whoMay(at, { action: "secretsmanager:GetSecretValue", resource }, policy);
    const declared = at.pipeline.activities.filter(({ secrets }) =>
      secrets?.some((each) => each.kind === "secrets-manager" && at.names.secret(each) === secret.name),
    );
    expect(readers, String(secret.name)).toEqual(declared.map(({ name }) => `${name}_worker`));
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
    const policy = resourcePolicy(at, "aws_kms_key", id);
    const resource = at.names.arn("kms", "key/0a1b2c3d-0000-4000-8000-000000000000");
    const request = { action: "kms:Decrypt", resource, context: { "kms:ResourceAliases": [alias] } };
    const declared = at.pipeline.activities.filter(({ secrets }) =>
      secrets?.some((each) => each.kind === "kms-key" && at.names.secret(each) === alias),
    );
    expect(declared.length).toBeGreaterThan(0);
    expect(await whoMay(at, request, policy), alias).toEqual(declared.map(({ name }) => `${name}_worker`));
    const administrator: Statement = { Sid: "All", Effect: "Allow", Action: ["kms:Decrypt"], Resource: ["*"] };
    const principal = "arn:aws:sts::111122223333:assumed-role/administrator/someone";
    expect(await decide({ statements: [administrator], request, principal, resourcePolicy: policy }), alias).not.toBe(
      "Allowed",
    );
  }
});

test.each([
  { pipeline: "hhvm", key: "signing/key.gpg", signers: ["MakeSourceTarball", "PublishBinaryPackages"] },
  { pipeline: "muster", key: "signing/private-key.asc", signers: ["PublishBinaryPackages", "PublishSourceTarball"] },
])("the key that $pipeline signs with is read by those who sign, and by nobody else", async ({ key, ...sample }) => {
  const { pipeline, stack, made } = await loadSample(stage("test", usual(sample.pipeline)));
  const of = deployed(made, pipeline, stack);
  const request = { action: "s3:GetObject", resource: `${of.names.bucketArn("state")}/${key}` };
  expect(await whoMay(of, request)).toEqual(sample.signers.map((name) => `${name}_worker`));
});
