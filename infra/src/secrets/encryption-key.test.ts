import { beforeAll, expect, test } from "vitest";
import { type DeployedStage, deployed } from "../../testing/iam-requests.ts";
import { evaluate, resourcesOf } from "../../testing/references.ts";
import { roleRequests, roles } from "../../testing/role-requests.ts";
import { ENCRYPTION_KEY, everything, stage, usual } from "../../testing/sample-stages.ts";
import { decide, statementsOf } from "../../testing/simulate.ts";
import { loadSample, type Resource } from "../../testing/synth-stage.ts";
import type { Statement } from "../iam/policy.ts";

const load = async (definition = everything("hhvm")): Promise<DeployedStage> => {
  const { pipeline, stack, made } = await loadSample(stage("test", definition));
  return deployed(made, pipeline, stack);
};
const keyPolicy = ({ stack }: DeployedStage): Statement[] =>
  JSON.parse(evaluate(stack.output.encryption_key_statements?.value ?? "", stack));

const keyRule = (rule: unknown): Resource | undefined =>
  (rule as { apply_server_side_encryption_by_default?: Resource }[])[0]?.apply_server_side_encryption_by_default;

let at: DeployedStage;
beforeAll(async () => {
  at = await load();
});

test("the stage's buckets are encrypted with its key, but for that of access logs, which S3 would not deliver", () => {
  const rules = resourcesOf(at.stack, "aws_s3_bucket_server_side_encryption_configuration");
  expect(Object.fromEntries(rules.map(([id, { rule }]) => [id, keyRule(rule)?.kms_master_key_id]))).toEqual({
    assets_bucket_encryption: ENCRYPTION_KEY,
    downloads_bucket_encryption: ENCRYPTION_KEY,
    logs_bucket_encryption: undefined,
    scratch_bucket_encryption: ENCRYPTION_KEY,
    state_bucket_encryption: ENCRYPTION_KEY,
  });
});

test("with what its owner adds to its policy, and nothing else there, every role uses the key as it must", async () => {
  const resourcePolicy = keyPolicy(at);
  const refused: string[] = [];
  let asked = 0;
  for (const role of roles(at))
    for (const request of roleRequests(role, at).filter(({ resource }) => resource === ENCRYPTION_KEY)) {
      asked += 1;
      const outcome = await decide({ statements: statementsOf(at.stack, role), request, resourcePolicy });
      if (outcome !== "Allowed") refused.push(`${role}: ${request.action}`);
    }
  expect(asked).toBeGreaterThan(30);
  expect(refused).toEqual([]);
});

test("no role uses it but through S3, and to launch machines", async () => {
  const resourcePolicy = keyPolicy(at);
  const context = { "kms:ViaService": "secretsmanager.us-west-2.amazonaws.com" };
  for (const role of roles(at))
    for (const action of ["kms:Decrypt", "kms:GenerateDataKey", "kms:CreateGrant", "kms:Encrypt", "kms:PutKeyPolicy"])
      for (const request of [
        { action, resource: ENCRYPTION_KEY },
        { action, resource: ENCRYPTION_KEY, context },
      ])
        expect(await decide({ statements: statementsOf(at.stack, role), request, resourcePolicy })).toBe(
          "ImplicitlyDenied",
        );
});

test("the edge decrypts as the stage's distribution, and spot machines' volumes as AWS's own role", async () => {
  const ask = (definition: Parameters<typeof everything>[0], spot: "never" | "as-declared") =>
    load({ ...everything(definition), spot });
  const [withSpot, without] = [await ask("hhvm", "as-declared"), await ask("hhvm", "never")];
  const sids = (of: DeployedStage) => keyPolicy(of).map(({ Sid }) => Sid);
  expect(sids(withSpot)).toEqual([
    ...["ObjectsByPolicies", "VolumesByPolicies", "LentToVolumesByPolicies"],
    ...["SpotVolumes", "LentToSpotVolumes", "EdgeReads"],
  ]);
  expect(sids(without)).not.toContain("SpotVolumes");
  expect(keyPolicy(without).at(-1)).toEqual({
    Sid: "EdgeReads",
    Effect: "Allow",
    Principal: { Service: "cloudfront.amazonaws.com" },
    Action: ["kms:Decrypt"],
    Resource: ["*"],
    Condition: {
      StringEquals: { "aws:SourceArn": evaluate(`\${aws_cloudfront_distribution.edge.arn}`, without.stack) },
    },
  });
});

test("people who build read what the key encrypts, through S3 alone", async () => {
  const [[, policy] = []] = resourcesOf(at.stack, "aws_iam_policy").filter(([id]) => id === "operator_policy");
  const statements: Statement[] = JSON.parse(evaluate(String(policy?.policy), at.stack)).Statement;
  const decrypt = (context: Record<string, string>) =>
    decide({
      statements,
      request: { action: "kms:Decrypt", resource: ENCRYPTION_KEY, context },
      resourcePolicy: keyPolicy(at),
    });
  expect(await decrypt({ "kms:ViaService": "s3.us-west-2.amazonaws.com" })).toBe("Allowed");
  expect(await decrypt({})).toBe("ImplicitlyDenied");
});

test("a stage without a key names none", async () => {
  const { stack } = await load(usual("hhvm"));
  expect(stack.output.encryption_key_statements).toBeUndefined();
  expect(JSON.stringify(stack.resource.aws_iam_role_policy)).not.toContain("kms:ViaService");
});
