import { describe, expect, test } from "vitest";
import { ROLES, stageTemplate } from "../testing/bootstrap-template.ts";
import { CLOSED_PATHS } from "../testing/closed-paths.ts";

const { asker } = stageTemplate("hhvm", { HostedZone: "Z0123456789ABCDEFGHIJ", Domain: "dl.example.org" });

describe.each(ROLES)("%s", (role) => {
  const ask = asker(role);
  const ways = CLOSED_PATHS.filter((path) => path.role === role);
  const reasons = [...new Set(ways.map(({ reason }) => reason))];

  test.each(reasons)("may not, because %s", async (reason) => {
    for (const { action, resource, context } of ways.filter((path) => path.reason === reason))
      expect(await ask(action, resource, context), `${action} ${resource}`).toMatch(/^(Explicitly|Implicitly)Denied$/);
  });
});

test("what is denied whatever else comes to be allowed: values, grants and trust", async () => {
  const ask = asker("DeployRole");
  for (const [action, resource] of [
    ["iam:UpdateAssumeRolePolicy", "arn:aws:iam::111122223333:role/muster/hhvm-repair"],
    ["kms:PutKeyPolicy", "arn:aws:kms:us-west-2:111122223333:key/0a1b2c3d-0000-4000-8000-000000000000"],
    ["kms:CreateGrant", "arn:aws:kms:us-west-2:111122223333:key/0a1b2c3d-0000-4000-8000-000000000000"],
    ["secretsmanager:GetSecretValue", "arn:aws:secretsmanager:us-west-2:111122223333:secret:hhvm/git-AbCdEf"],
    ["secretsmanager:PutResourcePolicy", "arn:aws:secretsmanager:us-west-2:111122223333:secret:hhvm/git-AbCdEf"],
    ["s3:DeleteObjectVersion", "arn:aws:s3:::muster-terraform-state-111122223333/muster/hhvm.tfstate"],
    ["s3:PutBucketVersioning", "arn:aws:s3:::muster-terraform-state-111122223333"],
    ["sts:AssumeRole", "arn:aws:iam::111122223333:role/admin"],
  ] as const)
    expect(await ask(action, resource), action).toBe("ExplicitlyDenied");
});

test("a stage whose name the state's bucket begins with has no more of it than any other", async () => {
  const ask = stageTemplate("muster").asker("DeployRole");
  const bucket = "arn:aws:s3:::muster-terraform-state-111122223333";
  for (const name of ["DeleteBucket", "PutBucketPolicy", "PutBucketVersioning", "PutLifecycleConfiguration"])
    expect(await ask(`s3:${name}`, bucket), name).toBe("ExplicitlyDenied");
  for (const name of ["GetObject", "PutObject", "DeleteObject"])
    expect(await ask(`s3:${name}`, `${bucket}/muster/hhvm.tfstate`), name).not.toBe("Allowed");
  expect(await ask("s3:PutObject", `${bucket}/muster/muster.tfstate`)).toBe("Allowed");
});
